import { comparison } from './comparison-layout.js';
import { scopeFilter } from './scope-layout.js';

/**
 * The structures that kernel side and runtime share. `bpf/generated/events.h` declares them from this table
 * with an assertion per field, so that a difference is a compile error.
 */

type FieldType =
  'u8' | 'u16' | 'u32' | 'u64' | 's32' | 's64' | `char[${number}]` | `u8[${number}]` | `u64[${number}]`;

export interface StructLayout {
  readonly name: string;
  readonly fields: readonly (readonly [name: string, type: FieldType, comment: string])[];
}

/** Arguments an event can have. */
export const maxArguments = 8;

/** Ancestors recorded with an event that wants to be explained; deeper ones are counted, not stored. */
export const maxAncestors = 8;

/** Places of a stack that a record holds, as many as the original. */
export const maxStackFrames = 20;

/** Event ids are below this. */
export const maxEvents = 2048;

/** Syscall numbers served by the bitmap, of any architecture. */
export const maxSyscalls = 512;

/** Bytes of a whole record. */
export const maxRecordSize = 8192;

/** The longest single string in a record, its NUL included: PATH_MAX. */
export const maxStringSize = 4096;

/** Strings taken of one argument vector. */
export const maxStrings = 64;

/** Directories walked from a file to the root; the limit keeps the verifier's work bounded. */
export const maxPathComponents = 48;

/** Heads every record. Times are nanoseconds; ids are of the host unless `ns` is in the name. */
export const recordHeader: StructLayout = {
  name: 'record_header',
  fields: [
    ['size', 'u32', 'bytes of the whole record'],
    ['event', 'u16', 'event id'],
    ['flags', 'u16', 'RECORD_*'],
    ['time', 'u64', 'CLOCK_MONOTONIC'],
    ['return_value', 's64', 'of a system call'],
    ['start_time', 'u64', 'of the process, since boot: with host_pid its identity'],
    ['parent_start_time', 'u64', 'of the parent, since boot'],
    ['cgroup_id', 'u64', 'inode number of the cgroup, in the hierarchy that config.cgroup_hierarchy names'],
    ['host_tid', 'u32', ''],
    ['host_pid', 'u32', ''],
    ['host_ppid', 'u32', ''],
    ['ns_tid', 'u32', 'as the process sees itself'],
    ['ns_pid', 'u32', ''],
    ['ns_ppid', 'u32', ''],
    ['uid', 'u32', 'real user id'],
    ['mnt_ns', 'u32', 'inode numbers of namespaces'],
    ['pid_ns', 'u32', ''],
    ['cpu', 'u32', ''],
    ['arguments', 'u16', 'bit n: argument n is there'],
    ['hook', 'u8', 'HOOK_*: what kind of hook saw it'],
    ['ancestors', 'u8', 'entries of the ancestry block in use'],
    ['routes', 'u32', 'ROUTE_* that it took'],
    ['executable', 'u64', 'path of the program file, a reference like a string argument'],
    ['executable_inode', 'u64', ''],
    ['executable_dev', 'u32', 'of its file system, major << 20 | minor'],
    ['executable_uid', 'u32', 'its owner, as the host counts'],
    ['executable_links', 'u32', '0: unlinked, or never linked'],
    ['executable_mode', 'u16', 'type and permissions'],
    ['executable_storage', 'u16', 'STORAGE_*'],
    ['comm', 'char[16]', ''],
    ['uts_name', 'char[16]', 'host name, cut to 15 bytes'],
    ['slots', 'u64[8]', 'arguments'],
  ],
};

/** One entry of the ancestry block, nearest ancestor first. */
export const ancestor: StructLayout = {
  name: 'ancestor',
  fields: [
    ['host_pid', 'u32', ''],
    ['ns_pid', 'u32', ''],
    ['start_time', 'u64', 'nanoseconds since boot'],
    ['comm', 'char[16]', ''],
  ],
};

/** Written by the runtime before anything is attached; all zeros traces nothing. */
export const config: StructLayout = {
  name: 'config',
  fields: [
    ['armed', 'u32', 'nothing is traced while this is 0'],
    ['self_pid', 'u32', 'the runtime itself: never traced'],
    ['scope', 'u32', 'SCOPE_*'],
    ['wakeup', 'u32', 'unread bytes of events past which to wake the reader; 0: always wake it'],
    ['proving', 'u32', 'calls of the runtime and its children count as proofs'],
    ['filters', 'u32', 'how many of scope_filters are in use'],
    ['cgroup_hierarchy', 'u32', '0: that of cgroup v2; else 1 more than the number of a controller of v1'],
    ['reserved', 'u32', ''],
    ['syscalls', 'u64[8]', 'bitmap of selected native syscall numbers'],
    ['compat_syscalls', 'u64[8]', 'bitmap of selected 32-bit syscall numbers'],
    ['scratch_slots', 'u8[256]', 'where each program builds its records'],
  ],
};

/** One per event id. */
export const eventConfig: StructLayout = {
  name: 'event_config',
  fields: [
    ['routes', 'u8', 'ROUTE_*: where its records go'],
    ['wants_ancestry', 'u8', ''],
    ['is_read_on_entry', 'u8', 'a syscall whose arguments are gone when it returns: ENTRY_*'],
    ['filter_argument', 'u8', 'which argument decides whether a record is a detection'],
    ['filter_count', 'u8', 'values in use; 0: every record is one'],
    ['filter_wire', 'u8', 'WIRE_* of that argument'],
    ['string_arrays', 'u8[2]', 'which arguments of a syscall are arrays of strings, others: none'],
    ['wires', 'u8[8]', 'WIRE_* of each argument of a syscall, WIRE_NONE for those not wanted'],
    ['filter_values', 'u64[16]', 'as the argument stands in its slot'],
    ['filter_is_bits', 'u8', 'the argument has one of the bits of the first value'],
    ['name_count', 'u8', 'names in use; 0: every file'],
    ['first_comparison', 'u8', 'of this event; the others follow'],
    ['comparison_count', 'u8', '0: every record is traced'],
    ['checks', 'u32', 'CHECK_*: what to look at when this syscall returns'],
    ['names', 'u64[16]', 'last components of paths, 16 bytes each, padded with zeros'],
  ],
};

/** One per event id, route and CPU. produced = submitted + lost. */
export const eventCounts: StructLayout = {
  name: 'event_counts',
  fields: [
    ['produced', 'u64', ''],
    ['submitted', 'u64', ''],
    ['lost', 'u64', ''],
  ],
};

/** Decided before the object is loaded, and constant from then on. */
export const settings: StructLayout = {
  name: 'settings',
  fields: [
    ['buffer', 'u32', 'BUFFER_*'],
    ['events', 'u32', 'CHECK_* of the selected events: the verifier never sees the code of others'],
    ['carried', 'u32', 'CHECK_* of the events that are looked at when a system call returns'],
    ['wires', 'u32', 'bit n: an argument of a selected system call has WIRE_* n; WIRES_READ_ON_ENTRY'],
    ['stacks', 'u32', 'records have the stack of the process'],
    ['filters', 'u32', 'processes are filtered'],
    ['comparisons', 'u32', 'arguments or results of events are compared'],
    ['typed_task', 'u32', 'the verifier knows the type of the current task'],
  ],
};

export const sharedStructs = [
  recordHeader,
  ancestor,
  config,
  eventConfig,
  eventCounts,
  settings,
  scopeFilter,
  comparison,
] as const;

/** Flags of `record_header.flags`. */
export const recordFlags = {
  compat: 1,
  ancestry: 2,
  ancestryCut: 4,
  forked: 8,
  terminal: 16,
  /** It descends from a process that was in scope: filters that the runtime knows more of do not matter. */
  followed: 32,
  /** A block of MAX_STACK_FRAMES addresses stands behind header and ancestry, zeros at its end. */
  stack: 64,
} as const;

/** Where the bytes of a file live. `memory`: a file system of the kernel's own, as a memfd's. */
export const storages = { disk: 0, unlinked: 1, memory: 2, tmpfs: 3 } as const;

/** Kinds of hooks, `record_header.hook`. */
export const hookKinds = { tp_btf: 1, trampoline: 2, kprobe: 3, raw_tracepoint: 4, lsm: 5 } as const;
export type HookKind = keyof typeof hookKinds;

/**
 * Bits of `config.scope`. Of the first three any is enough; `filtered`: and the filters must hold; `follow`: what
 * descends from a process that was in scope is too.
 */
export const scopeFlags = { all: 1, pids: 2, tree: 4, filtered: 8, follow: 16 } as const;

/** How a socket came to stand on a standard descriptor, as far as the hook knows. */
export const stdioCauses = { exec: 1, dup: 2, connect: 3, accept: 4, receive: 5 } as const;

/** Which side opened a connection; `unknown` where it is older than the tracing. */
export const socketOrigins = { unknown: 0, connected: 1, accepted: 2 } as const;

/**
 * What is known of memory that is mapped or given other permissions: it is writable now, pages of its own
 * were written before, some mapping of the file can be written, the process itself opened the file for
 * writing, no file is behind it, and readable memory of this process is executable by its personality.
 */
export const mappingFacts = {
  writable: 1,
  written: 2,
  shared_writable: 4,
  written_by_process: 8,
  anonymous: 16,
  read_implies_exec: 32,
} as const;

/**
 * Where records go. Detections have a buffer of their own, so that a flood of traced events cannot drown
 * them; a record can go both ways.
 */
export const routes = { events: 1, detections: 2 } as const;

/** Kinds of buffers: `BPF_MAP_TYPE_RINGBUF` (Linux 5.8), or a perf buffer for each CPU. */
export const bufferKinds = { ring: 1, perf: 2 } as const;
export type BufferKind = keyof typeof bufferKinds;

/** Arrays of strings among the arguments of one syscall (`execve` has two), and what stands for none. */
export const maxStringArrays = 2;
export const noArgument = 255;

/** Values that `event_config.filter_values` holds. */
export const maxFilterValues = 16;

/** Wire codes in `event_config.wires`. */
export const wireCodes = {
  none: 0,
  i32: 1,
  u32: 2,
  i64: 3,
  u64: 4,
  pointer: 5,
  string: 6,
  strings: 7,
  address: 8,
  bytes: 9,
  /** An address whose length stands behind the next argument, which the kernel writes (`accept`). */
  address_out: 10,
  credentials: 11,
} as const;

/** `event_config.is_read_on_entry`: the record waits for the call's return, or is handed on at once. */
export const entryReads = { kept: 1, told: 2 } as const;

/** Bytes of an address that are recorded: sizeof(struct sockaddr_storage). */
export const maxAddressSize = 128;

/** In `settings.wires`: arguments of some selected system call are read on entry. */
export const readOnEntryBit = 0x8000_0000;

/** Names that `event_config.names` holds, and bytes of each with the NUL. */
export const maxFilterNames = 8;
export const maxFilterNameSize = 16;

/**
 * A slot that refers to bytes: offset in the record (16 bits), bytes stored (16 bits), then the number of
 * bytes or strings there were in the kernel, with this bit set where not all of them were stored.
 */
export const cutBit = 0x8000_0000;

/** Byte size and alignment of one field. */
export function sizeOfField(type: FieldType): { size: number; align: number } {
  const match = /^(?<base>[a-z]+\d*)(?:\[(?<count>\d+)\])?$/.exec(type);
  const base = match?.groups?.['base'] ?? '';
  const unit = { u8: 1, char: 1, u16: 2, u32: 4, s32: 4, u64: 8, s64: 8 }[base];
  if (unit === undefined) throw new RangeError(`unknown field type ${type}`);
  return { size: unit * Number(match?.groups?.['count'] ?? 1), align: unit };
}

/** Offset of each field and the size of the whole; refuses tables that would need hidden padding. */
export function layoutOf(struct: StructLayout): { offsets: Map<string, number>; size: number } {
  const offsets = new Map<string, number>();
  let offset = 0;
  for (const [name, type] of struct.fields) {
    const { size, align } = sizeOfField(type);
    if (offset % align !== 0) throw new RangeError(`${struct.name}.${name} is not aligned`);
    offsets.set(name, offset);
    offset += size;
  }
  if (offset % 8 !== 0) throw new RangeError(`${struct.name} does not end on 8 bytes`);
  return { offsets, size: offset };
}
