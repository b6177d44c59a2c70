import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createScratch } from '../src/scratch.js';
import { createDirectory } from './fixtures/scratch.js';

/* What killed builders left in TMPDIR. One test gives a directory away, which needs root. */

function useTemporary(context: TestContext): string {
  const directory = createDirectory(context);
  const own = process.env['TMPDIR'];
  context.after(() => {
    if (own === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = own;
  });
  process.env['TMPDIR'] = directory;
  return directory;
}

/** The pid of a process that has ended. */
function deadPid(): number {
  return spawnSync('true').pid;
}

/** A name as a builder with this pid would have chosen it. */
function nameOf(pid: number): string {
  using scratch = createScratch('build');
  return scratch.path.split('/').at(-1)?.replace(`-${process.pid}-`, `-${pid}-`) ?? '';
}

test('what a killed builder left is removed by the next one, and a link in it is not followed', (context) => {
  const treasure = join(createDirectory(context), 'treasure');
  const temporary = useTemporary(context);
  const name = nameOf(deadPid());
  writeFileSync(treasure, '');
  mkdirSync(join(temporary, name, 'inner'), { recursive: true });
  symlinkSync(join(treasure, '..'), join(temporary, name, 'inner', 'link'));
  using scratch = createScratch('headers');
  assert.deepEqual(
    readdirSync(temporary).map((one) => join(temporary, one)),
    [scratch.path],
  );
  assert.ok(existsSync(treasure));
});

test('work of a builder that lives, or that lives elsewhere, stays', (context) => {
  const temporary = useTemporary(context);
  const live = nameOf(process.ppid);
  const elsewhere = nameOf(deadPid()).replace(/^tracee-build-[0-9a-f]{8}/, 'tracee-build-0123abcd');
  for (const name of [live, elsewhere]) mkdirSync(join(temporary, name));
  createScratch('build')[Symbol.dispose]();
  for (const name of [live, elsewhere]) assert.ok(existsSync(join(temporary, name)), name);
});

test('links, files and directories of other users with such a name stay', (context) => {
  const target = createDirectory(context);
  const temporary = useTemporary(context);
  writeFileSync(join(target, 'file'), '');
  const [link, file, foreign] = [nameOf(deadPid()), nameOf(deadPid()), nameOf(deadPid())];
  symlinkSync(target, join(temporary, link));
  writeFileSync(join(temporary, file), '');
  mkdirSync(join(temporary, foreign));
  chownSync(join(temporary, foreign), 65_534, 65_534);
  createScratch('build')[Symbol.dispose]();
  for (const name of [link, file, foreign]) assert.ok(existsSync(join(temporary, name)), name);
  assert.deepEqual(readdirSync(target), ['file']);
});
