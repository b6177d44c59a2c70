import assert from 'node:assert/strict';
import { mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import lockfile from 'proper-lockfile';
import { lockFiles, missingIfStale, staleMs } from '../../src/store/lock-files.js';
import { createDirectory } from '../fixtures/scratch.js';

const hourMs = 60 * 60 * 1000;

/** Tries the lock as a host whose clock is that far behind the file system's. */
function lockFrom(directory: string, offsetMs: number): Promise<() => Promise<void>> {
  return lockfile.lock(join(directory, 'object'), {
    ...{ lockfilePath: join(directory, 'lock'), realpath: false, stale: staleMs, update: 1000 },
    fs: lockFiles(offsetMs),
  });
}

/** The lock of a host that lives, on a volume whose clock is that far ahead of this host's. */
function writeLock(directory: string, offsetMs: number, silentMs = 0): void {
  const lock = join(directory, 'lock');
  mkdirSync(lock);
  const time = new Date(Date.now() + offsetMs - silentMs);
  utimesSync(lock, time, time);
}

for (const offsetMs of [hourMs, -hourMs]) {
  const where = offsetMs > 0 ? 'behind' : 'ahead of';
  test(`a host whose clock is an hour ${where} the volume’s respects a lock in use`, async (context) => {
    const directory = createDirectory(context);
    writeLock(directory, offsetMs);
    await assert.rejects(lockFrom(directory, offsetMs), { code: 'ELOCKED' });
  });

  test(`a host whose clock is an hour ${where} the volume’s takes over a dead builder’s lock`, async (context) => {
    const directory = createDirectory(context);
    writeLock(directory, offsetMs, staleMs * 2);
    await (
      await lockFrom(directory, offsetMs)
    )();
  });

  test(`a host whose clock is an hour ${where} the volume’s gives its signs of life on the volume’s clock`, async (context) => {
    const directory = createDirectory(context);
    const release = await lockFrom(directory, offsetMs);
    await promisify(setTimeout)(1500);
    const ahead = statSync(join(directory, 'lock')).mtimeMs - Date.now();
    assert.ok(Math.abs(ahead - offsetMs) < staleMs / 2, `${ahead} ms`);
    await release();
  });
}

test('a time is read as it was set, to the millisecond', async (context) => {
  const directory = createDirectory(context);
  const files = lockFiles(0);
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    const time = new Date(1_764_042_000_000 + millisecond);
    await promisify(files.utimes)(directory, time, time);
    const { mtime } = await promisify<string, { mtime: Date }>(files.stat)(directory);
    assert.equal(mtime.getTime(), time.getTime());
  }
});

test('a lock that another NFS client removed meanwhile is taken for one that is not there', () => {
  // As Node makes it of ESTALE, which has no other name there.
  const stale = Object.assign(new Error('Unknown system error -116: Unknown system error -116, open'), {
    errno: -116,
    code: 'Unknown system error -116',
  });
  const missing = missingIfStale(stale);
  assert.ok(missing instanceof Error && 'code' in missing);
  assert.equal(missing.code, 'ENOENT');
  assert.equal(missing.cause, stale);
  const other = Object.assign(new Error('EIO: i/o error, open'), { errno: -5, code: 'EIO' });
  assert.equal(missingIfStale(other), other);
});
