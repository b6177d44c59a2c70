import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Architecture, architectureSchema, type LayoutMember } from 'tracee/artifact';
import { compile, type CompileJob } from '../../src/compile/compile.js';
import { findHeaders, type TypeOrigin } from '../../src/kernel/headers.js';
import { layoutOf } from '../../src/layout/object-layout.js';
import { layoutAt, release, sourceHalf, writeWholeTree } from '../fixtures/header-tree.js';
import { createJob, writeBtf } from '../fixtures/job.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

async function compiledLayout(job: CompileJob): Promise<LayoutMember[]> {
  return layoutOf(await compile(job), job);
}

/** A job with a header tree whose files can be changed before it is compiled. */
function headersJob(directory: string, arch: Architecture = 'x86_64'): { job: CompileJob; tree: string } {
  const tree = writeWholeTree(join(directory, 'linux'), { arch });
  const kernel = { release, arch, isRunning: false };
  const search = { kernel, directories: [tree], allowMismatch: false, onMiss: () => undefined };
  return { job: createJob(directory, { kernel, origin: findHeaders(search) }), tree };
}

for (const arch of architectureSchema.options) {
  test(`headers for ${arch} give the layout that they declare`, async (context) => {
    assert.deepEqual(await compiledLayout(headersJob(createDirectory(context), arch).job), layoutAt(24));
  });
}

test('other headers give another layout', async (context) => {
  const { job, tree } = headersJob(createDirectory(context));
  writeFiles(tree, sourceHalf({ pidOffset: 1236 }));
  assert.deepEqual(await compiledLayout(job), layoutAt(1236));
});

test('what only older kernels have is in the layout where the headers have it', async (context) => {
  const { job, tree } = headersJob(createDirectory(context));
  const sched = join(tree, 'include/linux/sched.h');
  writeFileSync(sched, readFileSync(sched, 'utf8').replace('*real_parent;', '$& __u64 real_start_time;'));
  assert.deepEqual(await compiledLayout(job), [
    ...layoutAt(24),
    { struct: 'task_struct', member: 'real_start_time', offset: 40, size: 8 },
  ]);
});

test('a structure of which no listed member is there is refused: it could not be compared', async (context) => {
  const { job, tree } = headersJob(createDirectory(context));
  const list = join(job.sources.directory, 'generated/layout-x86_64.h');
  writeFileSync(list, `${readFileSync(list, 'utf8')}LAYOUT_MEMBER(mount, mnt)\n`);
  const sched = join(tree, 'include/linux/sched.h');
  writeFileSync(sched, `${readFileSync(sched, 'utf8')}struct mount { int other; };\n`);
  const error = await errorOf(() => compiledLayout(job));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.match(error.message, /^the BTF of \S+\/layout\.c has no members of struct mount$/);
});

test('a structure that these headers keep to themselves, and is declared without members, is left out', async (context) => {
  const { job, tree } = headersJob(createDirectory(context));
  const list = join(job.sources.directory, 'generated/layout-x86_64.h');
  writeFileSync(list, `${readFileSync(list, 'utf8')}LAYOUT_MEMBER(mount, mnt)\n`);
  const sched = join(tree, 'include/linux/sched.h');
  writeFileSync(sched, `${readFileSync(sched, 'utf8')}struct mount {};\n`);
  assert.deepEqual(await compiledLayout(job), layoutAt(24));
});

test('BTF gives the layout that it describes', async (context) => {
  const directory = createDirectory(context);
  const path = writeBtf(directory);
  const origin: TypeOrigin = { types: 'btf', where: path, path };
  assert.deepEqual(await compiledLayout(createJob(directory, { origin })), layoutAt(8));
});

test('a portable object stands anywhere, and shows when the list is not up to date', async (context) => {
  const job = createJob(createDirectory(context));
  const compiled = await compile(job);
  assert.deepEqual(await layoutOf(compiled, job), []);
  const list = join(job.sources.directory, 'generated/layout-x86_64.h');
  writeFileSync(list, readFileSync(list, 'utf8').replace('pid)', 'tgid)'));
  const error = await errorOf(() => layoutOf(compiled, job));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.match(error.message, /is not up to date: it lacks LAYOUT_MEMBER\(task_struct, pid\); has .*tgid\)/);
});
