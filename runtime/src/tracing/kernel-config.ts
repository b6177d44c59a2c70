import { findEvent } from '../events/catalogue/index.js';
import {
  config,
  entryReads,
  eventConfig,
  eventCounts,
  layoutOf,
  maxEvents,
  maxFilterNameSize,
  maxStringArrays,
  noArgument,
  routes,
  scopeFlags,
  wireCodes,
} from '../events/layout.js';
import { filterFields, filterOperators, scopeFilter } from '../events/scope-layout.js';
import { wireOfType } from '../events/argument-types.js';
import type { EventDefinition, SyscallDefinition } from '../events/types.js';
import type { Architecture } from '../artifact/manifest.js';
import type { BpfMap, BpfObject } from '../libbpf/index.js';
import type { ProcessFilter } from './filters/process-filter.js';
import type { Scope } from './scope.js';
import { nameCall, nameCalls, u32 } from './call-names.js';
import { entriesOn } from './syscall-entries.js';

const configLayout = layoutOf(config);
const eventLayout = layoutOf(eventConfig);
const filterLayout = layoutOf(scopeFilter);
const countsLayout = layoutOf(eventCounts);

/** Counts of one event since start: produced = submitted + lost. */
export interface EventCounts {
  readonly produced: bigint;
  readonly submitted: bigint;
  readonly lost: bigint;
}

/** Counts of one event by where its records went. */
export interface RouteCounts {
  readonly events: EventCounts;
  readonly detections: EventCounts;
}

/** What the kernel side is told: written before anything is attached. */
export class KernelConfig {
  readonly #object: BpfObject;
  readonly #bytes: Buffer;
  /** Nothing else is counted: a look at all events of the catalogue would hold up what waits to be read. */
  readonly #selected = new Set<EventDefinition>();

  /** Reads what is there: `identify_self` has put this process's id in. */
  constructor(object: BpfObject) {
    this.#object = object;
    this.#bytes = Buffer.from(object.map('config').get(u32(0)) ?? new Uint8Array(configLayout.size));
  }

  get selfPid(): number {
    return this.#bytes.readUInt32LE(this.#at('self_pid'));
  }

  set selfPid(pid: number) {
    this.#bytes.writeUInt32LE(pid, this.#at('self_pid'));
  }

  setScratchSlots(programs: readonly string[], loaded: readonly string[]): void {
    for (const [slot, name] of loaded.entries()) {
      this.#bytes.writeUInt8(slot, this.#at('scratch_slots') + programs.indexOf(name));
    }
  }

  setScope(scope: Scope): void {
    const filters = scope.filters ?? [];
    const flags =
      (scope.isEverything ? scopeFlags.all : 0) |
      (scope.pids.length > 0 ? scopeFlags.pids : 0) |
      (scope.trees.length > 0 ? scopeFlags.tree : 0) |
      (filters.length > 0 ? scopeFlags.filtered : 0) |
      (scope.follows === true ? scopeFlags.follow : 0);
    this.#bytes.writeUInt32LE(flags, this.#at('scope'));
    this.#bytes.writeUInt32LE(filters.length, this.#at('filters'));
    for (const [index, filter] of filters.entries()) {
      this.#object.map('scope_filters').set(u32(index), encodeFilter(filter));
    }
    for (const pid of scope.pids) this.#object.map('scope_pids').set(u32(pid), new Uint8Array([1]));
  }

  /** `cgroup_id` of records is that of this controller of v1; without one, that of v2. */
  setCgroupController(index: number | undefined): void {
    this.#bytes.writeUInt32LE(index === undefined ? 0 : index + 1, this.#at('cgroup_hierarchy'));
  }

  addToTree(pids: readonly number[]): void {
    for (const pid of pids) this.#object.map('scope_tree').set(u32(pid), new Uint8Array([1]));
  }

  /** CONTAINER_* of all processes in a cgroup, as far as that says. */
  tellContainer(cgroupId: bigint, facts: number): void {
    const key = Buffer.alloc(8);
    key.writeBigUInt64LE(cgroupId);
    this.#object.map('container_groups').set(key, new Uint8Array([facts]));
  }

  /** Fill level in bytes past which the kernel wakes the reader; 0 wakes it for every record. */
  setWakeup(bytes: number): void {
    this.#bytes.writeUInt32LE(bytes, this.#at('wakeup'));
    this.#write();
  }

  /** `carriers` are system calls to look at for other events, with the checks for each. */
  select(
    selections: readonly EventSelection[],
    arch: Architecture,
    carriers: ReadonlyMap<EventDefinition, number> = new Map(),
  ): void {
    const selected = new Set(selections.map(({ event }) => event));
    const carrying = [...carriers.keys()].filter((event) => !selected.has(event)).map(silently);
    if (selections.some(({ event }) => everyCall.has(event.name)))
      nameCalls(this.#object.map('syscall_events'), arch);
    for (const selection of [...withExecve(selections), ...carrying]) {
      const { event } = selection;
      const bytes = encodeEvent(selection, carriers.get(event) ?? 0);
      this.#selected.add(event);
      this.#object.map('event_configs').set(u32(event.id), bytes);
      if (event.syscall !== undefined) this.#selectSyscall(event, event.syscall, arch);
    }
  }

  /** While it is on, what this process and its children do is counted as proof of the hooks. */
  setProving(isProving: boolean): void {
    this.#bytes.writeUInt32LE(isProving ? 1 : 0, this.#at('proving'));
    this.#write();
  }

  /** Whether all hooks of an event were reached while proving. */
  isProven(event: EventDefinition): boolean {
    const proofs = this.#object.map('proofs');
    const keys = event.syscall?.isReadOnEntry === true ? [event.id, event.id + maxEvents] : [event.id];
    return keys.every((key) => Buffer.from(proofs.get(u32(key)) ?? new Uint8Array(8)).readBigUInt64LE() > 0n);
  }

  arm(): void {
    this.#bytes.writeUInt32LE(1, this.#at('armed'));
    this.#write();
  }

  /** Of the selected events. */
  counts(): Map<EventDefinition, RouteCounts> {
    const map = this.#object.map('event_counts');
    return new Map(
      [...this.#selected].map((event) => [
        event,
        { events: sumCpus(map, event.id), detections: sumCpus(map, event.id + maxEvents) },
      ]),
    );
  }

  #selectSyscall(event: EventDefinition, syscall: SyscallDefinition, arch: Architecture): void {
    const { native, compat } = entriesOn(syscall, arch);
    for (const [number] of native) this.#setBit('syscalls', number);
    for (const [number] of compat) this.#setBit('compat_syscalls', number);
    nameCall(this.#object.map('syscall_events'), event.id, syscall, arch);
  }

  #setBit(field: string, bit: number): void {
    const at = this.#at(field) + (bit >>> 3);
    this.#bytes.writeUInt8(this.#bytes.readUInt8(at) | (1 << (bit & 7)), at);
  }

  #at(field: string): number {
    return configLayout.offsets.get(field) ?? 0;
  }

  #write(): void {
    this.#object.map('config').set(u32(0), this.#bytes);
  }
}

/** Events that name calls which nobody selected. */
const everyCall: ReadonlySet<string> = new Set(['sys_enter', 'sys_exit']);

/** What the kernel compares before it makes a detection of an event; both where both are there. */
export interface KernelFilter {
  /** One argument is one of the values, or with `isBits` has one of the bits of the only value. */
  readonly number?: {
    readonly argument: number;
    readonly values: readonly bigint[];
    readonly isBits?: boolean;
  };
  /** The last component of the file's path is one of these, of at most 15 bytes each. */
  readonly names?: readonly string[];
}

/** What is wanted of one event. */
export interface EventSelection {
  readonly event: EventDefinition;
  /** Its records go to the events. */
  readonly isTraced: boolean;
  /** Its records go to the detections, those that pass the filter where there is one. */
  readonly isDetected: boolean;
  readonly filter?: KernelFilter | undefined;
  /** Record the program file and the ancestors of each event's process. */
  readonly wantsAncestry: boolean;
  /** Record arguments that are left out otherwise (`envp`). */
  readonly wantsOnRequest: boolean;
}

/**
 * When a program was started, the registers say execve, whatever call started it (set_personality_64bit() in
 * arch/x86/kernel/process_64.c). So that number must be known where execveat alone is wanted.
 */
function withExecve(selections: readonly EventSelection[]): readonly EventSelection[] {
  const execve = findEvent('execve');
  const reader = selections.find(({ event }) => entryReadOf(event) === entryReads.kept);
  const isSelected = selections.some(({ event }) => event === execve);
  if (reader === undefined || execve === undefined || isSelected) return selections;
  return [...selections, { ...reader, event: execve, isTraced: false, isDetected: false, filter: undefined }];
}

function silently(event: EventDefinition): EventSelection {
  return { event, isTraced: false, isDetected: false, wantsAncestry: false, wantsOnRequest: false };
}

function encodeEvent(selection: EventSelection, checks: number): Buffer {
  const { event } = selection;
  const filter = selection.filter?.number;
  const names = selection.filter?.names ?? [];
  const bytes = Buffer.alloc(eventLayout.size);
  const at = (field: string): number => eventLayout.offsets.get(field) ?? 0;
  const wanted = (selection.isTraced ? routes.events : 0) | (selection.isDetected ? routes.detections : 0);
  bytes.writeUInt8(wanted, at('routes'));
  bytes.writeUInt8(selection.wantsAncestry ? 1 : 0, at('wants_ancestry'));
  bytes.writeUInt8(entryReadOf(event), at('is_read_on_entry'));
  bytes.writeUInt8(filter?.argument ?? 0, at('filter_argument'));
  bytes.writeUInt8(filter?.values.length ?? 0, at('filter_count'));
  for (const [index, value] of (filter?.values ?? []).entries()) {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at('filter_values') + 8 * index);
  }
  bytes.writeUInt8(filter?.isBits === true ? 1 : 0, at('filter_is_bits'));
  bytes.writeUInt32LE(checks, at('checks'));
  bytes.writeUInt8(names.length, at('name_count'));
  for (const [index, name] of names.entries()) bytes.write(name, at('names') + maxFilterNameSize * index);
  const wires = event.arguments.map(({ onRequest, type }) =>
    onRequest !== true || selection.wantsOnRequest ? wireOfType[type] : 'none',
  );
  for (const [index, wire] of wires.entries()) {
    bytes.writeUInt8(wire === 'address' ? addressCode(event, index) : wireCodes[wire], at('wires') + index);
  }
  bytes.writeUInt8(wireCodes[wires[filter?.argument ?? 0] ?? 'none'], at('filter_wire'));
  const arrays = [...wires.keys()].filter((index) => wires[index] === 'strings');
  for (let place = 0; place < maxStringArrays; place++) {
    bytes.writeUInt8(arrays[place] ?? noArgument, at('string_arrays') + place);
  }
  return bytes;
}

function encodeFilter({ field, operator, values }: ProcessFilter): Buffer {
  const bytes = Buffer.alloc(filterLayout.size);
  const at = (name: string): number => filterLayout.offsets.get(name) ?? 0;
  bytes.writeUInt32LE(filterFields[field], at('field'));
  bytes.writeUInt32LE(filterOperators[operator], at('operation'));
  bytes.writeUInt32LE(values.length, at('count'));
  for (const [index, pair] of values.entries()) {
    bytes.writeBigUInt64LE(pair[0], at('values') + 16 * index);
    bytes.writeBigUInt64LE(pair[1], at('values') + 16 * index + 8);
  }
  return bytes;
}

function entryReadOf({ syscall }: EventDefinition): number {
  if (syscall?.isReadOnEntry !== true) return 0;
  return syscall.neverReturns === true ? entryReads.told : entryReads.kept;
}

/** The argument behind an address is its length, or where the kernel writes that. */
function addressCode(event: EventDefinition, index: number): number {
  const next = event.arguments[index + 1]?.type;
  return next === 'int*' ? wireCodes.address_out : wireCodes.address;
}

function sumCpus(map: BpfMap, eventId: number): EventCounts {
  const bytes = Buffer.from(map.get(u32(eventId)) ?? new Uint8Array());
  const sum = (field: string): bigint => {
    let total = 0n;
    for (let start = 0; start < bytes.length; start += countsLayout.size) {
      total += bytes.readBigUInt64LE(start + (countsLayout.offsets.get(field) ?? 0));
    }
    return total;
  };
  return { produced: sum('produced'), submitted: sum('submitted'), lost: sum('lost') };
}
