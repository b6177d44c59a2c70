import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { recordFlags } from '../../src/events/layout.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import type { RecordContent } from '../events/record-encoder.js';
import { ranBy, strange } from './executables.js';
import { observe } from './rule-harness.js';

/* Rows of the original's tests: section 4.7 of its description. Both verdicts are kept. */
const traceMe = { event: 'ptrace', ...strange, args: { request: 0, pid: 0, addr: 0, data: 0 } } as const;
const forked = { ...strange.fields, flags: recordFlags.forked };

test('ptrace with PTRACE_TRACEME is found, and that it worked is said', () => {
  const [match, ...others] = observe(antiDebugging, traceMe).told;
  assert.deepEqual(others, []);
  assert.equal(match?.sight, 'traceme');
  assert.match(match.summary, /asked to be traced/);
  assert.deepEqual(match.facts, ['ptrace(PTRACE_TRACEME) succeeded: the place of the debugger is taken']);
});

test('ptrace with PTRACE_PEEKTEXT and what else a debugger does is not found', () => {
  const requests = [1, 7, 17, 24, 0x4200, -1];
  const records = requests.map((request) => ({ event: 'ptrace', ...strange, args: { request, pid: 1 } }));
  assert.deepEqual(observe(antiDebugging, ...records).afterwards(), []);
});

test('an attempt that failed is found too, with the error number', () => {
  const [match] = observe(antiDebugging, {
    ...traceMe,
    fields: { ...strange.fields, return_value: -1n },
  }).told;
  assert.deepEqual(match?.facts, [
    'ptrace(PTRACE_TRACEME) failed with -1: the process learned that it is being traced',
  ]);
});

test('a call through the 32-bit interface, or of another thread, is found and says so', () => {
  const fields = { ...strange.fields, flags: recordFlags.compat, ns_tid: 77 };
  const [match] = observe(antiDebugging, { ...traceMe, fields }).told;
  assert.deepEqual(match?.facts.slice(1), [
    'its thread 77 did, which is not the first',
    'the call came through the 32-bit interface',
  ]);
});

test('a copy of a program that asks is given time to execute what is to be debugged', () => {
  const observed = observe(antiDebugging, { ...traceMe, fields: forked });
  assert.deepEqual(observed.told, []);
  assert.match(observed.afterwards()[0]?.facts.join() ?? '', /no debugger of the system/);
});

test(
  "a debugger's child that asks is not found",
  { skip: !existsSync('/usr/bin/strace') && 'needs strace as an installed program' },
  () => {
    const strace = ranBy('/usr/bin/strace');
    const record = { ...traceMe, ...strace, fields: { ...strace.fields, flags: recordFlags.forked } };
    assert.deepEqual(observe(antiDebugging, record).afterwards(), []);
  },
);

test('a call whose request could not be read, and other events, are not found', () => {
  const records = [{ event: 'ptrace' }, { event: 'sched_process_exit', args: { exit_code: 0 } }];
  assert.deepEqual(observe(antiDebugging, ...records).afterwards(), []);
});

test('a child that attaches to its parent is found, a debugger that attaches to another is not', () => {
  const fields = { ...strange.fields, ns_ppid: 500 };
  const attach = (pid: number): RecordContent => ({
    event: 'ptrace',
    ...strange,
    fields,
    args: { request: 16, pid },
  });
  assert.deepEqual(observe(antiDebugging, attach(501)).told, []);
  assert.equal(observe(antiDebugging, attach(500)).told[0]?.sight, 'attach-to-parent');
});

const status = { event: 'proc_pid_status', args: { tid: 5, ns_tid: 5, is_parent: 0 } } as const;

test('a program that reads its own status is found, one of the system is not', () => {
  assert.equal(observe(antiDebugging, { ...status, ...strange }).told[0]?.sight, 'tracer-check');
  assert.deepEqual(observe(antiDebugging, { ...status, ...ranBy('/bin/cat') }).told, []);
});

/** ld [0]; jeq #number, 0, 1; ret #action; ret #allow */
function filterOf(number: number, action: number): string {
  const instruction = (code: number, jt: number, jf: number, k: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(code, 0);
    bytes.writeUInt8(jt, 2);
    bytes.writeUInt8(jf, 3);
    bytes.writeUInt32LE(k, 4);
    return bytes;
  };
  const all = [
    instruction(0x20, 0, 0, 0),
    instruction(0x15, 0, 1, number),
    instruction(0x06, 0, 0, action),
    instruction(0x06, 0, 0, 0x7fff0000),
  ];
  return Buffer.concat(all).toString('latin1');
}

test('a filter that stops ptrace is found, whatever it does with it', () => {
  for (const action of [0x00050001, 0x00050000, 0x80000000, 0x00030000]) {
    const program = { bytes: Buffer.from(filterOf(101, action), 'latin1') };
    const record = { event: 'seccomp_filter', ...strange, args: { flags: 0, count: 4, program } };
    assert.equal(observe(antiDebugging, record).told[0]?.sight, 'ptrace-filter', action.toString(16));
  }
});

test('a filter that stops another call, or of which nothing is known, is not found', () => {
  for (const bytes of [filterOf(169, 0x00050001), filterOf(101, 0x7fff0000), '', 'nonsense']) {
    const program = { bytes: Buffer.from(bytes, 'latin1') };
    const record = { event: 'seccomp_filter', ...strange, args: { flags: 0, count: 4, program } };
    assert.deepEqual(observe(antiDebugging, record).told, []);
  }
});

test('what is too weak alone is a signal', () => {
  const pids = { target_pid: 0x3f_fff0, target_ns_pid: 0x3f_fff0 };
  const records = [
    { event: 'prctl', ...strange, args: { option: 4, arg2: 0 } },
    { event: 'signal_generate', ...strange, args: { signal: 5, code: 128, ...pids, is_traced: 0 } },
    { event: 'security_file_open', ...strange, args: { pathname: { bytes: '/proc/0/comm' }, flags: 0 } },
  ];
  const { told } = observe(antiDebugging, ...records);
  const sights = ['not-dumpable', 'breakpoint-trap', 'parent-name'];
  assert.deepEqual(
    told.map(({ sight }) => sight),
    sights,
  );
  for (const { id, isSignal } of antiDebugging.sights)
    assert.equal(isSignal === true, sights.includes(id), id);
});
