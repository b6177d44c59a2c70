import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readSources } from '../src/sources.js';
import { realSources, smallSources } from './fixtures/bpf.js';
import { createDirectory, errorOf, writeFiles } from './fixtures/scratch.js';

function copySources(context: TestContext): string {
  const directory = createDirectory(context);
  cpSync(smallSources, directory, { recursive: true });
  return directory;
}

test('the real sources tell their catalogue’s digest and the maps that they use', () => {
  const { abi, digest, mapTypes } = readSources(realSources);
  assert.match(abi, /^[0-9a-f]{64}$/);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.ok(mapTypes.includes('ringbuf'));
  assert.deepEqual(mapTypes, [...new Set(mapTypes)].toSorted());
});

test('the small sources have one map and the catalogue’s digest that their header names', () => {
  const { abi, mapTypes } = readSources(smallSources);
  assert.equal(abi, 'ab'.repeat(32));
  assert.deepEqual(mapTypes, ['array']);
});

test('the digest follows the C files, not their place and not other files', (context) => {
  const directory = copySources(context);
  const { digest } = readSources(smallSources);
  assert.equal(readSources(directory).digest, digest);
  writeFiles(directory, { 'README.md': 'words', 'generated/events.h~': 'an editor’s' });
  assert.equal(readSources(directory).digest, digest);
  writeFiles(directory, { 'probes/more.h': '' });
  assert.notEqual(readSources(directory).digest, digest);
});

test('a relative directory is made absolute, since the compiler runs elsewhere', () => {
  assert.equal(readSources(relative(process.cwd(), smallSources)).directory, smallSources);
});

test('a directory without the main file is refused by its name', async (context) => {
  const directory = createDirectory(context);
  const error = await errorOf(() => readSources(directory));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.equal(error.message, `${directory} has no tracee.bpf.c`);
  assert.match(error.hint ?? '', /--sources/);
});

test('sources without the generated header are refused with how to make it', async (context) => {
  const directory = copySources(context);
  rmSync(join(directory, 'generated'), { recursive: true });
  const error = await errorOf(() => readSources(directory));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.match(error.message, /generated\/events\.h does not define TRACEE_ABI/);
  assert.equal(error.hint, 'npm run generate');
});
