import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import { isCopyOfSystemProgram, isOwnCopy } from '../../../src/signatures/support/same-program.js';
import { recordedEvent } from '../../events/record-encoder.js';
import { runs } from '../program-event.js';
import { startCopy } from '../running-copy.js';

const sleep = realpathSync('/bin/sleep');

/** Knows where its own file is, and comes with every dynamic system. */
const loader = realpathSync(
  process.arch === 'x64' ? '/lib64/ld-linux-x86-64.so.2' : '/lib/ld-linux-aarch64.so.1',
);

test('a system program that executes a copy of its own bytes executes itself', async (context) => {
  const { pid, copy } = await startCopy(context, sleep);
  assert.equal(
    isOwnCopy(recordedEvent({ event: 'security_bprm_check', ...runs(sleep, { host_pid: pid }) }), copy),
    true,
  );
});

test('a copy with one byte more, or of another program than the one that runs, is not itself', async (context) => {
  const changed = await startCopy(context, sleep, {
    change: (bytes) => Buffer.concat([bytes, Buffer.from('x')]),
  });
  const by = (path: string, pid: number): ReturnType<typeof recordedEvent> =>
    recordedEvent({ event: 'security_bprm_check', ...runs(path, { host_pid: pid }) });
  assert.equal(isOwnCopy(by(sleep, changed.pid), changed.copy), false);
  const { pid, copy } = await startCopy(context, sleep);
  assert.equal(isOwnCopy(by('/bin/cat', pid), copy), false);
});

test('a copy that a program of nobody’s makes of itself is no copy of the system’s', async (context) => {
  const { pid, copy } = await startCopy(context, sleep);
  const event = recordedEvent({
    event: 'security_bprm_check',
    ...runs(sleep, { host_pid: pid, executable_uid: 1000 }),
  });
  assert.equal(isOwnCopy(event, copy), false);
});

test('a copy of an interpreter does what it is told, and is none', async (context) => {
  const { pid, copy } = await startCopy(context, realpathSync('/bin/sh'), { args: ['-c', 'sleep 30; :'] });
  const event = recordedEvent({ event: 'security_bprm_check', ...runs('/bin/sh', { host_pid: pid }) });
  assert.equal(isOwnCopy(event, copy), false);
});

test('of a program that has begun, a copy of one that executes itself by design is known by its bytes', async (context) => {
  const { pid, copy } = await startCopy(context, loader, { args: [sleep, '30'] });
  const event = recordedEvent({
    event: 'sched_process_exec',
    ...runs(loader, { host_pid: pid, executable_storage: 2 }),
  });
  assert.equal(isCopyOfSystemProgram(event, copy, loader), true);
  assert.equal(isCopyOfSystemProgram(event, copy, sleep), false, 'it says that it is another');
  assert.equal(isCopyOfSystemProgram(event, { ...copy, inode: 1n }, loader), false, 'it has gone on since');
});

test('the bytes of any other system program are no excuse for being in memory', async (context) => {
  const { pid, copy } = await startCopy(context, sleep);
  const event = recordedEvent({
    event: 'sched_process_exec',
    ...runs(sleep, { host_pid: pid, executable_storage: 2 }),
  });
  assert.equal(isCopyOfSystemProgram(event, copy, sleep), false);
  assert.equal(isCopyOfSystemProgram(event, copy, 'sleep'), false);
});
