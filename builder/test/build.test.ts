import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readManifest, verifyDigest } from 'tracee/artifact';
import { build, type BuildRequest } from '../src/build.js';
import { findHeaders } from '../src/kernel/headers.js';
import { readTargetBtf } from '../src/layout/target.js';
import { readSources } from '../src/sources.js';
import { buildHalf, layoutAt, release, writeWholeTree } from './fixtures/header-tree.js';
import { createJob, portable, writeBtf } from './fixtures/job.js';
import { createDirectory, errorOf, writeFiles } from './fixtures/scratch.js';

const kernel = { release, arch: 'x86_64', isRunning: false } as const;
const objectName = 'tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o';

/** A request whose temporary files, too, lie in a directory of the test's own. */
function createRequest(context: TestContext, options: Partial<BuildRequest> = {}): BuildRequest {
  const directory = createDirectory(context);
  const own = process.env['TMPDIR'];
  context.after(() => {
    if (own === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = own;
  });
  process.env['TMPDIR'] = join(directory, 'temporary');
  mkdirSync(process.env['TMPDIR']);
  return {
    ...createJob(directory, { kernel }),
    version: '0.1.0',
    output: join(directory, 'out'),
    mayReuse: false,
    ...options,
  };
}

function temporaryFiles(): string[] {
  return readdirSync(process.env['TMPDIR'] ?? '');
}

/** The request again, with headers in place of the portable types. */
function withHeaders(request: BuildRequest): BuildRequest & { tree: string } {
  const tree = writeWholeTree(join(request.output, '../linux'));
  const search = { kernel, directories: [tree], allowMismatch: false, onMiss: () => undefined };
  return { ...request, origin: findHeaders(search), tree };
}

test('an object is named by its kernel and version, and its manifest is what it carries', async (context) => {
  const request = withHeaders(createRequest(context));
  const built = await build(request);
  assert.equal(built.path, join(request.output, objectName));
  assert.equal(built.isReused, false);
  const bytes = readFileSync(built.path);
  assert.deepEqual(readManifest(bytes, built.path), built.manifest);
  verifyDigest(bytes, built.manifest, built.path);
  assert.deepEqual(built.manifest.layout, layoutAt(24));
  assert.deepEqual(readdirSync(request.output), [objectName]);
  assert.deepEqual(temporaryFiles(), []);
});

test('the portable object has a name of its own and no kernel release', async (context) => {
  const built = await build(createRequest(context, { origin: portable, version: '1.2.3' }));
  assert.match(built.path, /\/tracee\.bpf\.core\.1_2_3\.o$/);
  assert.deepEqual(built.manifest.kernel, { release: null, arch: 'x86_64' });
  assert.equal(built.manifest.version, '1.2.3');
  assert.deepEqual(built.manifest.layout, []);
});

test('ensure reuses what build made from the same inputs, and touches nothing', async (context) => {
  const request = withHeaders(createRequest(context));
  const first = await build(request);
  const { ino, mtimeMs } = statSync(first.path);
  const second = await build({ ...request, mayReuse: true });
  assert.deepEqual(second, { ...first, isReused: true });
  assert.deepEqual(
    { ino, mtimeMs },
    { ino: statSync(first.path).ino, mtimeMs: statSync(first.path).mtimeMs },
  );
});

test('build compiles also what could be reused, to the same bytes', async (context) => {
  const request = createRequest(context);
  const { path } = await build(request);
  const before = { bytes: readFileSync(path), ino: statSync(path).ino };
  assert.equal((await build(request)).isReused, false);
  assert.deepEqual(readFileSync(path), before.bytes);
  assert.notEqual(statSync(path).ino, before.ino);
});

test('headers of another build than the target are refused, also where their object stands already', async (context) => {
  const request = withHeaders(createRequest(context));
  const { path } = await build(request);
  const named = writeBtf(join(request.output, '..'));
  const target = { path: named, bytes: await readTargetBtf(named) };
  for (const mayReuse of [true, false]) {
    const error = await errorOf(() => build({ ...request, mayReuse, target }));
    assert.equal(error.code, 'HEADERS_MISMATCH');
    assert.ok(
      error.message.includes(`task_struct.pid is at 24 in the object, but at 8 in ${named}`),
      error.message,
    );
  }
  rmSync(path);
  await errorOf(() => build({ ...request, target }));
  assert.deepEqual(readdirSync(request.output), []);
  assert.deepEqual(temporaryFiles(), []);
});

test('a source that changed makes a new object', async (context) => {
  const request = { ...createRequest(context), mayReuse: true };
  const first = await build(request);
  const { directory } = request.sources;
  const main = join(directory, 'tracee.bpf.c');
  writeFileSync(main, readFileSync(main, 'utf8').replaceAll('on_enter', 'on_entry'));
  const second = await build({ ...request, sources: readSources(directory) });
  assert.equal(second.isReused, false);
  assert.notEqual(second.manifest.digest, first.manifest.digest);
  assert.deepEqual(
    second.manifest.programs.map(({ name }) => name),
    ['on_entry'],
  );
});

test('a configuration that changed makes a new object', async (context) => {
  const request = { ...withHeaders(createRequest(context)), mayReuse: true };
  await build(request);
  writeFiles(request.tree, buildHalf({ options: ['CONFIG_ANOTHER'] }));
  assert.equal((await build(request)).isReused, false);
  assert.equal((await build(request)).isReused, true);
});

const faults: [what: string, spoil: (path: string) => void][] = [
  [
    'with a changed byte',
    (path) => {
      const bytes = readFileSync(path);
      bytes[80] = (bytes[80] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
  ],
  [
    'cut short',
    (path) => {
      truncateSync(path, statSync(path).size - 100);
    },
  ],
  [
    'of no bytes',
    (path) => {
      truncateSync(path, 0);
    },
  ],
  [
    'that is something else',
    (path) => {
      writeFileSync(path, 'no object');
    },
  ],
];
for (const [what, spoil] of faults) {
  test(`a file ${what} in the object's place is built over`, async (context) => {
    const request = { ...createRequest(context), mayReuse: true };
    const first = await build(request);
    const good = readFileSync(first.path);
    spoil(first.path);
    assert.equal((await build(request)).isReused, false);
    assert.deepEqual(readFileSync(first.path), good);
  });
}

test('a directory in the object’s place is told as what stands in the way', async (context) => {
  const request = { ...createRequest(context), mayReuse: true };
  mkdirSync(join(request.output, 'tracee.bpf.core.0_1_0.o'), { recursive: true });
  const error = await errorOf(() => build(request));
  assert.equal(error.code, 'PUBLISH_FAILED');
  assert.match(error.message, /EISDIR/);
  assert.deepEqual(temporaryFiles(), []);
});

test('a compile that fails leaves no object and no temporary files, and keeps what was there', async (context) => {
  const request = createRequest(context);
  const { path } = await build(request);
  const good = readFileSync(path);
  writeFileSync(join(request.sources.directory, 'tracee.bpf.c'), '#error broken\n');
  const error = await errorOf(() => build(request));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.deepEqual(readdirSync(request.output), ['tracee.bpf.core.0_1_0.o']);
  assert.deepEqual(readFileSync(path), good);
  assert.deepEqual(temporaryFiles(), []);
});

test('a temporary directory that is not there is told with what to set', async (context) => {
  const request = createRequest(context);
  rmSync(process.env['TMPDIR'] ?? '', { recursive: true });
  const error = await errorOf(() => build(request));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.ok(error.message.endsWith(process.env['TMPDIR'] ?? 'unset'), error.message);
  assert.match(error.hint ?? '', /TMPDIR/);
});
