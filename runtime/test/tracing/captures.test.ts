import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureConfig, captureKinds } from '../../src/events/capture-layout.js';
import { layoutOf, maxSyscalls, type HookKind } from '../../src/events/layout.js';
import { programs } from '../../src/events/programs.js';
import { encodeCaptureConfig, planCaptures, type CaptureRequest } from '../../src/tracing/captures.js';
import type { Obstacle } from '../../src/tracing/plan.js';

const all: CaptureRequest = { kinds: ['write', 'exec', 'mem', 'module'], prefixes: [] };
const { offsets } = layoutOf(captureConfig);
const at = (field: string): number => offsets.get(field) ?? 0;

const without =
  (...kinds: HookKind[]): Obstacle =>
  ({ kind }) =>
    kinds.includes(kind) ? `no ${kind} here` : undefined;

const kindsWithout = (...kinds: HookKind[]): (HookKind | undefined)[] =>
  planCaptures(all, without(...kinds)).map(({ kind }) => kind);

test('captures stand on functions, and where none can be hooked on system calls that return', () => {
  assert.deepEqual(kindsWithout(), ['trampoline', 'tp_btf', 'trampoline', 'trampoline']);
  assert.deepEqual(kindsWithout('trampoline'), ['kprobe', 'tp_btf', 'kprobe', 'kprobe']);
  assert.deepEqual(kindsWithout('trampoline', 'kprobe'), ['tp_btf', 'tp_btf', 'tp_btf', 'tp_btf']);
  const raw = 'raw_tracepoint';
  assert.deepEqual(kindsWithout('trampoline', 'kprobe', 'tp_btf'), [raw, raw, raw, raw]);
  const none = planCaptures(all, without('trampoline', 'kprobe', 'tp_btf', raw));
  assert.ok(none.every(({ kind, passedOver }) => kind === undefined && passedOver.length > 0));
  assert.deepEqual(planCaptures(undefined, without()), []);
});

test('every program that a capture could stand on is one of the object', () => {
  const names = new Set(programs.map(({ name }) => name));
  for (const refused of [[], ['trampoline'], ['trampoline', 'kprobe'], ['trampoline', 'kprobe', 'tp_btf']]) {
    const plan = planCaptures(all, without(...(refused as HookKind[])));
    for (const { attachments } of plan)
      for (const { program } of attachments) assert.ok(names.has(program), program);
  }
});

test('the kernel is told which kinds are served, and of system calls only those that they stand on', () => {
  const functions = encodeCaptureConfig(planCaptures(all, without()), [], 'x86_64');
  const every = Object.values(captureKinds).reduce((bits, code) => bits | (1 << code), 0);
  assert.equal(functions.readUInt32LE(at('kinds')), every);
  assert.ok(functions.subarray(at('calls'), at('calls') + 1024).every((byte) => byte === 0));
  const writes = planCaptures({ kinds: ['write'], prefixes: [] }, without('trampoline', 'kprobe'));
  const calls = encodeCaptureConfig(writes, [], 'x86_64');
  assert.equal(calls.readUInt32LE(at('kinds')), 1 << captureKinds.write);
  // write, pwrite64; of 32-bit callers write; mprotect is not asked for
  const codes = [1, 18, maxSyscalls + 4, 10].map((number) => calls.readUInt8(at('calls') + number));
  assert.deepEqual(codes, [1, 2, 1, 0]);
  const arm64 = encodeCaptureConfig(writes, [], 'aarch64');
  assert.ok(
    arm64.subarray(at('calls') + maxSyscalls, at('calls') + 2 * maxSyscalls).every((byte) => byte === 0),
  );
});

test('a prefix is bytes to compare and a mask of those that count', () => {
  const bytes = encodeCaptureConfig([], ['/tmp/ä'], 'x86_64');
  assert.equal(bytes.readUInt32LE(at('prefixes')), 1);
  assert.equal(bytes.readBigUInt64LE(at('prefix_lengths')), 7n);
  assert.equal(bytes.toString('utf8', at('prefix_words'), at('prefix_words') + 7), '/tmp/ä');
  const mask = bytes.subarray(at('prefix_masks'), at('prefix_masks') + 64);
  assert.deepEqual([...mask.subarray(0, 9)], [255, 255, 255, 255, 255, 255, 255, 0, 0]);
  assert.throws(() => encodeCaptureConfig([], ['a', 'b', 'c', 'd'], 'x86_64'), RangeError);
  assert.throws(() => encodeCaptureConfig([], ['a'.repeat(65)], 'x86_64'), RangeError);
});
