import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { findEvent } from '../../src/events/catalogue/index.js';
import {
  config,
  eventConfig,
  layoutOf,
  maxEvents,
  maxSyscalls,
  routes,
  scopeFlags,
  wireCodes,
  type StructLayout,
} from '../../src/events/layout.js';
import type { EventDefinition } from '../../src/events/types.js';
import { BpfObject, possibleCpus } from '../../src/libbpf/index.js';
import { KernelConfig, type EventSelection } from '../../src/tracing/kernel-config.js';
import { everything, nobody } from '../../src/tracing/scope.js';
import { compileBpf } from '../compiler.js';
import { u32, u64 } from '../libbpf/bytes.js';

/* Creates BPF maps: needs root, or CAP_BPF. The maps are those of `bpf/maps.h` that hold configuration. */

const generated = readFileSync(new URL('../../../bpf/generated/events.h', import.meta.url), 'utf8');
const bytes = compileBpf(`${generated}
#define MAP(name, kind, entries, key_type, value_type)                                                        \\
	struct {                                                                                              \\
		__uint(type, kind);                                                                           \\
		__uint(max_entries, entries);                                                                 \\
		__type(key, key_type);                                                                        \\
		__type(value, value_type);                                                                    \\
	} name SEC(".maps")

MAP(config, 2, 1, __u32, struct config);
MAP(event_configs, 2, MAX_EVENTS, __u32, struct event_config);
MAP(event_counts, 6, 2 * MAX_EVENTS, __u32, struct event_counts);
MAP(proofs, 2, 2 * MAX_EVENTS, __u32, __u64);
MAP(syscall_events, 2, 2 * MAX_SYSCALLS, __u32, __u32);
MAP(scope_pids, 1, 1024, __u32, __u8);
MAP(scope_tree, 1, 1024, __u32, __u8);
`);

function loadMaps(context: TestContext): BpfObject {
  const object = BpfObject.openMemory(bytes);
  context.after(() => object.close());
  object.load();
  return object;
}

function event(name: string): EventDefinition {
  const found = findEvent(name);
  assert.ok(found !== undefined, name);
  return found;
}

function selectionOf(name: string, more: Partial<EventSelection> = {}): EventSelection {
  const defaults = { isTraced: true, isDetected: false, wantsAncestry: false, wantsOnRequest: false };
  return { event: event(name), ...defaults, ...more };
}

/** A number in a structure that a map holds. */
function read(
  object: BpfObject,
  map: string,
  key: number,
  struct: StructLayout,
  field: string,
  size: 1 | 4,
): number {
  const value = Buffer.from(object.map(map).get(u32(key)) ?? []);
  return value.readUIntLE(layoutOf(struct).offsets.get(field) ?? 0, size);
}

function wiresOf(object: BpfObject, name: string): number[] {
  const value = Buffer.from(object.map('event_configs').get(u32(event(name).id)) ?? []);
  const start = layoutOf(eventConfig).offsets.get('wires') ?? 0;
  return [...value.subarray(start, start + event(name).arguments.length)];
}

function keysOf(object: BpfObject, map: string): number[] {
  return [...object.map(map).entries()]
    .map(([key]) => Buffer.from(key).readUInt32LE())
    .toSorted((a, b) => a - b);
}

test('nothing is traced before it is armed', (context) => {
  const object = loadMaps(context);
  const kernelConfig = new KernelConfig(object);
  kernelConfig.selfPid = 4711;
  kernelConfig.setScope(everything);
  kernelConfig.select([selectionOf('ptrace')], 'x86_64');
  assert.equal(read(object, 'config', 0, config, 'armed', 4), 0);
  kernelConfig.arm();
  assert.equal(read(object, 'config', 0, config, 'armed', 4), 1);
  assert.equal(read(object, 'config', 0, config, 'self_pid', 4), 4711);
  assert.equal(new KernelConfig(object).selfPid, 4711);
});

test('each scope has its flags, and its processes are in their maps', (context) => {
  const flagsOf = (object: BpfObject, pids: readonly number[], trees: readonly number[]): number => {
    const kernelConfig = new KernelConfig(object);
    kernelConfig.setScope({ isEverything: false, pids, trees });
    kernelConfig.arm();
    return read(object, 'config', 0, config, 'scope', 4);
  };
  const object = loadMaps(context);
  assert.equal(flagsOf(object, [], []), 0);
  assert.equal(flagsOf(object, [7, 8], []), scopeFlags.pids);
  assert.equal(flagsOf(object, [], [9]), scopeFlags.tree);
  assert.equal(flagsOf(object, [7], [9]), scopeFlags.pids | scopeFlags.tree);
  assert.deepEqual(keysOf(object, 'scope_pids'), [7, 8]);
  new KernelConfig(object).addToTree([9, 10]);
  assert.deepEqual(keysOf(object, 'scope_tree'), [9, 10]);
  for (const [scope, flags] of [
    [everything, scopeFlags.all],
    [nobody, 0],
  ] as const) {
    const kernelConfig = new KernelConfig(object);
    kernelConfig.setScope(scope);
    kernelConfig.arm();
    assert.equal(read(object, 'config', 0, config, 'scope', 4), flags);
  }
});

test('a syscall is found by its number on each architecture, and by its 32-bit number', (context) => {
  for (const [arch, number] of [
    ['x86_64', 101],
    ['aarch64', 117],
  ] as const) {
    const object = loadMaps(context);
    const kernelConfig = new KernelConfig(object);
    kernelConfig.select([selectionOf('ptrace'), selectionOf('sched_process_exit')], arch);
    kernelConfig.arm();
    const byte = (field: string, bit: number): number => {
      const value = Buffer.from(object.map('config').get(u32(0)) ?? []);
      return (value.readUInt8((layoutOf(config).offsets.get(field) ?? 0) + (bit >> 3)) >> (bit & 7)) & 1;
    };
    const eventAt = (key: number): number =>
      Buffer.from(object.map('syscall_events').get(u32(key)) ?? []).readUInt32LE();
    assert.equal(byte('syscalls', number), 1);
    assert.equal(byte('syscalls', number + 1), 0);
    assert.equal(byte('compat_syscalls', 26), 1);
    assert.equal(eventAt(number), 101);
    assert.equal(eventAt(maxSyscalls + 26), 101);
  }
});

test('what is wanted of an event is told: where it goes, its ancestry, its arguments', (context) => {
  const object = loadMaps(context);
  const kernelConfig = new KernelConfig(object);
  kernelConfig.select(
    [
      selectionOf('execve'),
      selectionOf('execveat', { isDetected: true, wantsAncestry: true, wantsOnRequest: true }),
      selectionOf('ptrace', { isTraced: false, isDetected: true }),
    ],
    'x86_64',
  );
  const of = (name: string, field: string): number =>
    read(object, 'event_configs', event(name).id, eventConfig, field, 1);
  assert.equal(of('execve', 'routes'), routes.events);
  assert.equal(of('execveat', 'routes'), routes.events | routes.detections);
  assert.equal(of('ptrace', 'routes'), routes.detections);
  assert.equal(of('sched_process_exit', 'routes'), 0);
  assert.deepEqual([of('execve', 'wants_ancestry'), of('execveat', 'wants_ancestry')], [0, 1]);
  assert.deepEqual([of('execve', 'is_read_on_entry'), of('ptrace', 'is_read_on_entry')], [1, 0]);
  assert.deepEqual(wiresOf(object, 'execve'), [wireCodes.string, wireCodes.strings, wireCodes.none]);
  assert.deepEqual(wiresOf(object, 'execveat'), [
    wireCodes.i32,
    wireCodes.string,
    wireCodes.strings,
    wireCodes.strings,
    wireCodes.i32,
  ]);
  assert.deepEqual(wiresOf(object, 'ptrace'), [
    wireCodes.i64,
    wireCodes.i32,
    wireCodes.pointer,
    wireCodes.pointer,
  ]);
});

test('the numbers that make a detection are told as they stand in a slot', (context) => {
  const object = loadMaps(context);
  const filter = { number: { argument: 1, values: [0n, -1n, 0x7fff_ffffn] } };
  new KernelConfig(object).select([selectionOf('ptrace', { isDetected: true, filter })], 'x86_64');
  const value = Buffer.from(object.map('event_configs').get(u32(101)) ?? []);
  const start = layoutOf(eventConfig).offsets.get('filter_values') ?? 0;
  assert.equal(read(object, 'event_configs', 101, eventConfig, 'filter_argument', 1), 1);
  assert.equal(read(object, 'event_configs', 101, eventConfig, 'filter_count', 1), 3);
  assert.deepEqual(value.subarray(start, start + 24), u64(0n, 0xffff_ffff_ffff_ffffn, 0x7fff_ffffn));
});

test('counts are the sums of all CPUs, events and detections apart', (context) => {
  const object = loadMaps(context);
  const map = object.map('event_counts');
  const cpus = possibleCpus();
  const perCpu = (produced: bigint): Buffer =>
    Buffer.concat(
      Array.from({ length: cpus }, (_, cpu) => u64(produced, produced - 1n, cpu === 0 ? 5n : 1n)),
    );
  map.set(u32(59), perCpu(10n));
  map.set(u32(59 + maxEvents), perCpu(3n));
  const all = BigInt(cpus);
  const kernelConfig = new KernelConfig(object);
  kernelConfig.select([selectionOf('execve'), selectionOf('ptrace')], 'x86_64');
  const counts = kernelConfig.counts();
  assert.equal(counts.size, 2);
  assert.deepEqual(counts.get(event('execve')), {
    events: { produced: 10n * all, submitted: 9n * all, lost: 4n + all },
    detections: { produced: 3n * all, submitted: 2n * all, lost: 4n + all },
  });
  const none = { produced: 0n, submitted: 0n, lost: 0n };
  assert.deepEqual(counts.get(event('ptrace')), { events: none, detections: none });
});

test('a hook is proven when it was reached; one that reads on entry needs both of its hooks', (context) => {
  const object = loadMaps(context);
  const kernelConfig = new KernelConfig(object);
  const reach = (key: number): void => object.map('proofs').set(u32(key), u64(1n));
  assert.equal(kernelConfig.isProven(event('ptrace')), false);
  reach(101);
  assert.equal(kernelConfig.isProven(event('ptrace')), true);
  reach(59);
  assert.equal(kernelConfig.isProven(event('execve')), false);
  reach(59 + maxEvents);
  assert.equal(kernelConfig.isProven(event('execve')), true);
  kernelConfig.setProving(true);
  assert.equal(read(object, 'config', 0, config, 'proving', 4), 1);
  kernelConfig.setProving(false);
  assert.equal(read(object, 'config', 0, config, 'proving', 4), 0);
});

test('the fill level that wakes the reader is told at once', (context) => {
  const object = loadMaps(context);
  const kernelConfig = new KernelConfig(object);
  kernelConfig.setWakeup(1 << 20);
  assert.equal(read(object, 'config', 0, config, 'wakeup', 4), 1 << 20);
  kernelConfig.setWakeup(0);
  assert.equal(read(object, 'config', 0, config, 'wakeup', 4), 0);
});
