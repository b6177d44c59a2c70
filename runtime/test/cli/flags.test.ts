import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, CommanderError } from 'commander';
import { addCommonFlags, collect, repeat, type CommonFlags } from '../../src/cli/flags.js';

function parse(...args: string[]): CommonFlags {
  const command = addCommonFlags(new Command('sample'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<CommonFlags>();
}

test('rules may be repeated and hold commas; expressions are repeated and keep theirs', () => {
  assert.deepEqual(collect('TRC-1,TRC-2,'), ['TRC-1', 'TRC-2']);
  assert.deepEqual(collect('TRC-3', ['TRC-1']), ['TRC-1', 'TRC-3']);
  assert.deepEqual(repeat('event=execve,ptrace'), ['event=execve,ptrace']);
  assert.deepEqual(repeat('pid=1', ['set=proc']), ['set=proc', 'pid=1']);
});

test('the kinds of hooks may be narrowed, and the kind of buffer named', () => {
  assert.deepEqual(parse(), { portable: true });
  assert.deepEqual(parse('--hooks', 'kprobe,lsm', '--hooks', 'tp_btf').hooks, ['kprobe', 'lsm', 'tp_btf']);
  assert.equal(parse('--buffer', 'perf').buffer, 'perf');
  assert.equal(parse('--no-portable').portable, false);
});

test('an unknown kind is refused with those that exist', () => {
  const isUsage = (words: RegExp) => (error: unknown) =>
    error instanceof CommanderError && words.test(error.message);
  assert.throws(
    () => parse('--hooks', 'kprobe,uprobe'),
    isUsage(/"uprobe" is none of tp_btf, trampoline, kprobe, raw_tracepoint, lsm/),
  );
  assert.throws(() => parse('--buffer', 'pipe'), isUsage(/Allowed choices are ring, perf/));
});
