import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import codeInjection from '../../src/signatures/trc-3-code-injection.js';
import { recordFlags } from '../../src/events/layout.js';
import type { RecordContent } from '../events/record-encoder.js';
import { ranBy, strange } from './executables.js';
import { observe } from './rule-harness.js';

/* Rows of the original's tests: section 4.7 of its description. All verdicts are kept. */

const request = (number: number, more: Partial<RecordContent> = {}): RecordContent => ({
  event: 'ptrace',
  ...strange,
  ...more,
  args: { request: number, pid: 101, addr: 128, data: 0 },
});
const withGdb = !existsSync('/usr/bin/gdb') && 'needs gdb as an installed program';

test('ptrace with PTRACE_POKETEXT is found, with its victim', () => {
  const [match, ...others] = observe(codeInjection, request(4)).told;
  assert.deepEqual(others, []);
  assert.equal(match?.summary, 'wrote the memory of another process');
  assert.match(match.facts.join('; '), /PTRACE_POKETEXT\) succeeded; the victim is 101/);
});

test('ptrace with PTRACE_PEEKDATA is not found, nor is attaching', () => {
  assert.deepEqual(
    observe(codeInjection, ...[1, 2, 3, 7, 12, 16, 0x4206].map((one) => request(one))).told,
    [],
  );
});

test('every other request that writes memory or registers is found', () => {
  for (const one of [5, 6, 13, 15, 0x4205]) assert.equal(observe(codeInjection, request(one)).told.length, 1);
});

test('a request that failed, and a watchpoint, are not found', () => {
  const failed = { fields: { ...strange.fields, return_value: -3n } };
  const watchpoint = { ...request(6), args: { request: 6, pid: 101, addr: 848, data: 0 } };
  assert.deepEqual(observe(codeInjection, request(4, failed), watchpoint).told, []);
});

test('writes of one process into one other are one finding by memory and one by registers', () => {
  const { told } = observe(codeInjection, request(4), request(5), request(13), request(0x4205));
  assert.equal(new Set(told.map(({ key }) => key)).size, 2);
});

test('security_file_open of /proc/543/mem for reading and writing is found', () => {
  const open = (path: string, flags: number): RecordContent => ({
    event: 'security_file_open',
    ...strange,
    args: { pathname: { bytes: path }, flags, dev: 100, inode: 4026532486 },
  });
  assert.equal(observe(codeInjection, open('/proc/543/mem', 2)).told.length, 1);
  assert.equal(observe(codeInjection, open('/mnt/9/task/9/mem', 1)).told.length, 1, 'mounted elsewhere');
  assert.deepEqual(observe(codeInjection, open('/var/543/mem.txt', 2)).told, []);
  assert.deepEqual(observe(codeInjection, open('/var/lib/mem', 2)).told, []);
  assert.deepEqual(observe(codeInjection, open('/proc/543/mem', 0)).told, [], 'for reading');
});

test('process_vm_writev into another process is found, into its own is not', () => {
  const write = (pid: number, result = 8n): RecordContent => ({
    event: 'process_vm_writev',
    ...strange,
    fields: { ...strange.fields, return_value: result },
    args: { pid },
  });
  assert.equal(observe(codeInjection, write(101)).told.length, 1);
  assert.deepEqual(observe(codeInjection, write(0x3f_fff0)).told, []);
  assert.deepEqual(observe(codeInjection, write(101, -1n)).told, [], 'refused');
});

const write = (more: Partial<RecordContent> = {}, length = 8): RecordContent => ({
  event: 'mem_write',
  ...strange,
  ...more,
  args: {
    target_pid: 543,
    target_ns_pid: 543,
    target_comm: { bytes: 'victim' },
    address: 0x1000,
    length,
    is_self: 0,
  },
});

test('a write through the file mem is found, whatever path led to it', () => {
  const [match] = observe(codeInjection, write()).told;
  assert.match(match?.facts[0] ?? '', /^8 bytes at 0x1000/);
});

test(
  'a debugger of the system sets breakpoints unseen, and at a terminal it writes',
  { skip: withGdb },
  () => {
    const gdb = ranBy('/usr/bin/gdb');
    const attached = request(16, gdb);
    const atTerminal = { ...gdb, fields: { ...gdb.fields, flags: recordFlags.terminal } };
    assert.deepEqual(observe(codeInjection, attached, write(gdb, 1), request(4, gdb)).told, []);
    assert.deepEqual(observe(codeInjection, attached, write(atTerminal), request(13, atTerminal)).told, []);
  },
);

test(
  'a debugger with nobody at its terminal that makes a process run something is found',
  { skip: withGdb },
  () => {
    const gdb = ranBy('/usr/bin/gdb');
    assert.equal(observe(codeInjection, request(16, gdb), request(13, gdb)).told.length, 1);
  },
);

test('a program that only has the name of a debugger is found', () => {
  const fields = { ...strange.fields, flags: recordFlags.terminal, comm: 'gdb' };
  assert.equal(observe(codeInjection, request(13, { fields })).told.length, 1);
});

test('a process that shares its memory is a signal, a thread and vfork are not even that', () => {
  const clone = (flags: number): RecordContent => ({
    event: 'clone',
    ...strange,
    fields: { ...strange.fields, return_value: 77n },
    args: { flags },
  });
  assert.equal(observe(codeInjection, clone(0x100)).told[0]?.sight, 'shared-memory');
  assert.deepEqual(observe(codeInjection, clone(0x10100), clone(0x4100), clone(0x11)).told, []);
  assert.equal(codeInjection.sights.find(({ id }) => id === 'shared-memory')?.isSignal, true);
});
