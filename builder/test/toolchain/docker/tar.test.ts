import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { packFiles, unpackFiles } from '../../../src/toolchain/docker/tar.js';
import { createDirectory, writeFiles } from '../../fixtures/scratch.js';

const long = `${'directory/'.repeat(20)}a-header-with-a-name-that-no-old-format-holds.h`;

test('tar unpacks what was packed, long names included, with directories that anyone may read', async (context) => {
  const directory = createDirectory(context);
  const archive = await packFiles([
    { name: long, bytes: Buffer.from('long') },
    { name: 'empty.h', bytes: Buffer.alloc(0) },
  ]);
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  assert.equal(readFileSync(join(directory, long), 'utf8'), 'long');
  assert.equal(statSync(join(directory, 'empty.h')).size, 0);
  assert.equal(statSync(join(directory, 'directory')).mode & 0o777, 0o755);
});

test('a directory that is there already is not made anew', async () => {
  const archive = await packFiles([{ name: 'work/include/a.h', bytes: Buffer.from('a') }], ['work']);
  const names = execFileSync('tar', ['-t'], { input: archive, encoding: 'utf8' }).trimEnd().split('\n');
  assert.deepEqual(names, ['work/include/', 'work/include/a.h']);
});

test('equal files make an equal archive', async () => {
  const files = [{ name: 'a.h', bytes: Buffer.from('a') }];
  assert.deepEqual(await packFiles(files), await packFiles(files));
});

test('only regular files come out of an archive', async (context) => {
  const directory = writeFiles(createDirectory(context), { 'in/a.h': 'a' });
  mkdirSync(join(directory, 'in/empty'));
  symlinkSync('/etc/passwd', join(directory, 'in/link.h'));
  const archive = execFileSync('tar', ['-c', '-C', directory, 'in']);
  const files = await unpackFiles(Readable.from([archive]), 1000);
  assert.deepEqual(
    files.map(({ name, bytes }) => [name, String(bytes)]),
    [['in/a.h', 'a']],
  );
});

test('an archive of more than was agreed, and one that is cut, are refused', async () => {
  const archive = await packFiles([{ name: 'a.o', bytes: Buffer.alloc(2000) }]);
  await assert.rejects(unpackFiles(Readable.from([archive]), 1999), /more than 1999 bytes/);
  await assert.rejects(unpackFiles(Readable.from([archive.subarray(0, 1000)]), 5000), /end of data/i);
});
