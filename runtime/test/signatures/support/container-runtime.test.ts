import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import { storages } from '../../../src/events/layout.js';
import { isContainerRuntime } from '../../../src/signatures/support/container-runtime.js';
import { recordedEvent, type RecordContent } from '../../events/record-encoder.js';
import { deviceOf, runs } from '../program-event.js';
import { startCopy } from '../running-copy.js';

/* In place of an installed runtime, which few machines have, stands another program of the system. */
const program = realpathSync('/bin/sleep');

function isRuntime(content: Partial<RecordContent>): boolean {
  return isContainerRuntime(recordedEvent({ event: 'proc_pid_status', ...content }), [program]);
}

/** runc 1.1.5 of Debian executes itself from a mount of its file alone, which is nowhere; then its process goes on. */
function atNoPath(more: Parameters<typeof runs>[1]): Partial<RecordContent> {
  const ended = spawnSync('/bin/true').pid;
  return { ...runs(program, { host_pid: ended, mnt_ns: 1, ...more }), executable: { bytes: 'runc' } };
}

test('the file of an installed runtime is one, by whatever path it was executed', () => {
  assert.equal(isRuntime(atNoPath({})), true);
});

test('another file is none, with the same number on another device neither', () => {
  assert.equal(isRuntime(atNoPath({ executable_inode: 1 })), false);
  assert.equal(isRuntime(atNoPath({ executable_dev: 1 })), false);
  assert.equal(isRuntime({ ...runs('/bin/cat'), executable: { bytes: 'runc' } }), false);
});

test('a copy of an installed runtime on a disk is none, whatever its name', async (context) => {
  const { pid, path } = await startCopy(context, program, { name: 'runc' });
  assert.equal(isRuntime(runs(path, { host_pid: pid })), false);
});

/** As long as before, and still a program: nobody reads its last byte. */
function withAnotherByte(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, -1), Buffer.from([0xff & ~(bytes.at(-1) ?? 0)])]);
}

for (const storage of ['memory', 'unlinked'] as const) {
  const copied = (path: string, pid: number, more = {}): Partial<RecordContent> =>
    runs(path, { host_pid: pid, executable_storage: storages[storage], ...more });

  test(`a copy of an installed runtime that is ${storage} is one, by its bytes`, async (context) => {
    const { pid, path } = await startCopy(context, program);
    assert.equal(isRuntime(copied(path, pid)), true);
    const changed = await startCopy(context, program, { change: withAnotherByte });
    assert.equal(isRuntime(copied(changed.path, changed.pid)), false);
  });

  test(`what is ${storage} is not taken for another file that its process executed since`, async (context) => {
    const { pid, path } = await startCopy(context, program);
    assert.equal(isRuntime(copied(path, pid, { executable_inode: 1 })), false);
    assert.equal(isRuntime(copied(path, pid, { executable_dev: deviceOf(path) + 1n })), false);
  });
}
