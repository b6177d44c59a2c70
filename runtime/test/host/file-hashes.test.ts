import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deviceOf } from '../../src/host/device.js';
import { FileHashes, type StartedProgram } from '../../src/host/file-hashes.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-hashes-'));
after(() => rmSync(directory, { recursive: true }));

const path = join(directory, 'program');
copyFileSync('/bin/sleep', path);
const expected = createHash('sha256').update(readFileSync(path)).digest('hex');
/** Higher than any process id can be. */
const nobody = 0x7fff_ffff;

function programOf(hostPid: number): StartedProgram {
  const { ino } = statSync(path, { bigint: true });
  return { hostPid, path, inode: ino, dev: deviceOf('/proc/self/root', path) ?? 0 };
}

function hashing(): { hashes: FileHashes; settled: Promise<void> } {
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  return { hashes: new FileHashes(() => settle()), settled };
}

test('a program is hashed as its process has it, whatever stands at its path by then', async () => {
  const child = spawn(path, ['60']);
  await once(child, 'spawn');
  const { hashes, settled } = hashing();
  const hash = hashes.look({ ...programOf(child.pid ?? 0), path: '/nowhere' });
  assert.equal(hash?.().isSettled, false);
  await settled;
  assert.equal(hash().sha256, expected);
  assert.equal(hash().ctime, statSync(path, { bigint: true }).ctimeNs);
  assert.equal(hashes.look(programOf(child.pid ?? 0))?.().sha256, expected, 'it is not read twice');
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('of a process that has ended the file is hashed by its path, if it is still the same', async () => {
  const { hashes, settled } = hashing();
  const hash = hashes.look(programOf(nobody));
  await settled;
  assert.equal(hash?.().sha256, expected);
  assert.equal(hashes.look({ ...programOf(nobody), inode: 1n }), undefined);
  assert.equal(hashes.look({ ...programOf(nobody), dev: 1 }), undefined);
  assert.equal(hashes.look({ ...programOf(nobody), path: directory }), undefined);
});
