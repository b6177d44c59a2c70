import { findEventById } from './catalogue/index.js';
import type { FileHash, StackFrame } from './added.js';
import type { Container } from './container.js';
import {
  hookKinds,
  layoutOf,
  maxAncestors,
  maxStackFrames,
  recordFlags,
  recordHeader,
  ancestor,
  type HookKind,
} from './layout.js';
import { FixedText, readFixedText } from './fixed-text.js';
import { readRounded, readRoundedSigned } from './numbers.js';
import { decodeArguments, type EventArgument } from './record-arguments.js';
import { readReference, text } from './reference.js';
import type { EventDefinition } from './types.js';

export type { ArgumentValue, EventArgument } from './record-arguments.js';

/** One process on the way from init to the process of an event. */
export interface Ancestor {
  readonly hostPid: number;
  readonly pid: number;
  /** Nanoseconds since boot. */
  readonly startTime: number;
  readonly comm: string;
}

/** A program file as the kernel has it. */
export interface ExecutableFile {
  /** Of its file system, in the kernel's encoding: major << 20 | minor. */
  readonly dev: number;
  readonly inode: bigint;
  /** Its owner, as the host counts. */
  readonly uid: number;
  /** Type and permissions, as `stat` gives them. */
  readonly mode: number;
  readonly links: number;
  /** `storages` of layout.ts. */
  readonly storage: number;
}

/** One event. Times are nanoseconds; ids are as the process sees itself unless `host` is in the name. */
export interface TracedEvent {
  readonly definition: EventDefinition;
  /** CLOCK_MONOTONIC. */
  readonly time: number;
  readonly returnValue: number;
  readonly startTime: number;
  readonly parentStartTime: number;
  readonly cgroupId: bigint;
  /** What that cgroup belongs to: told by the reader of records, who knows the host. */
  container: Container | undefined;
  readonly hostTid: number;
  readonly hostPid: number;
  readonly hostPpid: number;
  readonly tid: number;
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly mountNamespace: number;
  readonly pidNamespace: number;
  readonly cpu: number;
  readonly hook: HookKind;
  /** Made through the 32-bit interface. */
  readonly isCompat: boolean;
  readonly comm: string;
  readonly hostName: string;
  /** Path of the program file, where the event was asked to be explained. */
  readonly executable: string | undefined;
  /** The program file itself: what no name can lie about. */
  readonly executableFile: ExecutableFile | undefined;
  /** The process has not executed a program since it was forked. */
  readonly isForked: boolean;
  /** The process has a controlling terminal. */
  readonly hasTerminal: boolean;
  /** It descends from a process that was traced, and tracing follows those. */
  readonly isFollowed: boolean;
  /** Nearest first. */
  readonly ancestors: readonly Ancestor[];
  readonly areAncestorsCut: boolean;
  /** Where the process was, in user memory, the innermost first; missing where nobody asked. */
  readonly stack: readonly bigint[] | undefined;
  /** What those addresses are, as the runtime finds it. */
  frames?: readonly StackFrame[];
  /** Of the program that was started, where somebody asked. */
  program?: FileHash;
  /** In catalogue order; those that could not be read are absent. */
  readonly arguments: readonly EventArgument[];
}

const header = layoutOf(recordHeader);
const ancestorLayout = layoutOf(ancestor);
const at = (field: string): number => offsetIn(header.offsets, field);
const offsets = {
  size: at('size'),
  event: at('event'),
  flags: at('flags'),
  time: at('time'),
  returnValue: at('return_value'),
  startTime: at('start_time'),
  parentStartTime: at('parent_start_time'),
  cgroupId: at('cgroup_id'),
  hostTid: at('host_tid'),
  hostPid: at('host_pid'),
  hostPpid: at('host_ppid'),
  tid: at('ns_tid'),
  pid: at('ns_pid'),
  ppid: at('ns_ppid'),
  uid: at('uid'),
  mountNamespace: at('mnt_ns'),
  pidNamespace: at('pid_ns'),
  cpu: at('cpu'),
  hook: at('hook'),
  ancestors: at('ancestors'),
  executable: at('executable'),
  executableInode: at('executable_inode'),
  executableDev: at('executable_dev'),
  executableUid: at('executable_uid'),
  executableLinks: at('executable_links'),
  executableMode: at('executable_mode'),
  executableStorage: at('executable_storage'),
  comm: at('comm'),
  hostName: at('uts_name'),
};

/** Most records come from the process that the one before came from. */
const comms = new FixedText();
const hostNames = new FixedText();

const hookByCode = new Map<number, HookKind>(
  Object.entries(hookKinds).map(([kind, code]) => [code, kind as HookKind]),
);

/** Id of the event a record carries, without decoding the rest. */
export function eventIdOf(view: DataView, offset: number): number {
  return view.getUint16(offset + offsets.event, true);
}

/**
 * Decodes one record (`record_header` and what follows, see `docs/records.md`). Nothing of the buffer is
 * kept. Throws RangeError for a record that contradicts itself: shorter than it says, an unknown event or
 * hook, or a reference to bytes that are not in its data area.
 */
export function decodeRecord(view: DataView, offset: number, length: number): TracedEvent {
  const record = recordIn(view, offset, length);
  const id = eventIdOf(record, 0);
  const definition = findEventById(id);
  if (definition === undefined) throw new RangeError(`a record has the unknown event id ${id}`);
  const hookCode = record.getUint8(offsets.hook);
  const hook = hookByCode.get(hookCode);
  if (hook === undefined) throw new RangeError(`a record has the unknown hook ${hookCode}`);
  const u32 = (field: number): number => record.getUint32(field, true);
  const flags = record.getUint16(offsets.flags, true);
  const hasExecutable = readRounded(record, offsets.executable) !== 0;
  return {
    definition,
    time: readRounded(record, offsets.time),
    returnValue: readRoundedSigned(record, offsets.returnValue),
    startTime: readRounded(record, offsets.startTime),
    parentStartTime: readRounded(record, offsets.parentStartTime),
    cgroupId: record.getBigUint64(offsets.cgroupId, true),
    container: undefined,
    hostTid: u32(offsets.hostTid),
    hostPid: u32(offsets.hostPid),
    hostPpid: u32(offsets.hostPpid),
    tid: u32(offsets.tid),
    pid: u32(offsets.pid),
    ppid: u32(offsets.ppid),
    uid: u32(offsets.uid),
    mountNamespace: u32(offsets.mountNamespace),
    pidNamespace: u32(offsets.pidNamespace),
    cpu: u32(offsets.cpu),
    hook,
    isCompat: (flags & recordFlags.compat) !== 0,
    comm: comms.read(record, offsets.comm),
    hostName: hostNames.read(record, offsets.hostName),
    executable: hasExecutable ? text(record, readReference(record, offsets.executable)) : undefined,
    executableFile: hasExecutable ? decodeExecutableFile(record) : undefined,
    isForked: (flags & recordFlags.forked) !== 0,
    hasTerminal: (flags & recordFlags.terminal) !== 0,
    isFollowed: (flags & recordFlags.followed) !== 0,
    ancestors: (flags & recordFlags.ancestry) === 0 ? [] : decodeAncestors(record),
    areAncestorsCut: (flags & recordFlags.ancestryCut) !== 0,
    stack: (flags & recordFlags.stack) === 0 ? undefined : decodeStack(record, flags),
    arguments: decodeArguments(record, definition),
  };
}

function decodeExecutableFile(record: DataView): ExecutableFile {
  return {
    dev: record.getUint32(offsets.executableDev, true),
    inode: record.getBigUint64(offsets.executableInode, true),
    uid: record.getUint32(offsets.executableUid, true),
    mode: record.getUint16(offsets.executableMode, true),
    links: record.getUint32(offsets.executableLinks, true),
    storage: record.getUint16(offsets.executableStorage, true),
  };
}

/** The bytes that the record itself claims: a buffer may hand it over with padding behind. */
function recordIn(view: DataView, offset: number, length: number): DataView {
  if (length < header.size) throw new RangeError(`a record of ${length} bytes is shorter than its header`);
  if (offset < 0 || offset + length > view.byteLength) {
    throw new RangeError(`a record of ${length} bytes at ${offset} is outside of ${view.byteLength} bytes`);
  }
  const size = view.getUint32(offset + offsets.size, true);
  if (size < header.size || size > length) {
    throw new RangeError(`a record of ${length} bytes says that it has ${size}`);
  }
  return new DataView(view.buffer, view.byteOffset + offset, size);
}

function decodeStack(record: DataView, flags: number): bigint[] {
  const ancestry = (flags & recordFlags.ancestry) === 0 ? 0 : maxAncestors * ancestorLayout.size;
  const start = header.size + ancestry;
  const addresses = Array.from({ length: maxStackFrames }, (_, index) =>
    record.getBigUint64(start + 8 * index, true),
  );
  const end = addresses.indexOf(0n);
  return end < 0 ? addresses : addresses.slice(0, end);
}

function decodeAncestors(record: DataView): Ancestor[] {
  const count = Math.min(record.getUint8(offsets.ancestors), maxAncestors);
  const field = (name: string): number => offsetIn(ancestorLayout.offsets, name);
  return Array.from({ length: count }, (_, index) => {
    const start = header.size + index * ancestorLayout.size;
    return {
      hostPid: record.getUint32(start + field('host_pid'), true),
      pid: record.getUint32(start + field('ns_pid'), true),
      startTime: readRounded(record, start + field('start_time')),
      comm: readFixedText(record, start + field('comm')),
    };
  });
}

function offsetIn(table: Map<string, number>, field: string): number {
  const offset = table.get(field);
  if (offset === undefined) throw new RangeError(`no field ${field}`);
  return offset;
}
