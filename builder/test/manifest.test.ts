import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readElf, readManifest, verifyDigest } from 'tracee/artifact';
import { compile } from '../src/compile/compile.js';
import { digestFiles } from '../src/digest.js';
import { findHeaders } from '../src/kernel/headers.js';
import { layoutOf } from '../src/layout/object-layout.js';
import { addManifest } from '../src/manifest.js';
import { layoutAt, release, writeWholeTree } from './fixtures/header-tree.js';
import { createJob, toolchain } from './fixtures/job.js';
import { createDirectory, errorOf } from './fixtures/scratch.js';
import { writeScript } from './fixtures/tools.js';

const kernel = { release, arch: 'x86_64', isRunning: false } as const;

test('the manifest tells all that the object was made from and what it needs', async (context) => {
  const directory = createDirectory(context);
  const tree = writeWholeTree(join(directory, 'linux'));
  const search = { kernel, directories: [tree], allowMismatch: false, onMiss: () => undefined };
  const job = createJob(directory, { kernel, origin: findHeaders(search) });
  const compiled = await compile(job);
  const bytes = await addManifest(compiled, job, await layoutOf(compiled, job), '0.1.0');
  const manifest = readManifest(bytes, 'object');
  verifyDigest(bytes, manifest, 'object');
  const instructions = manifest.programs[0]?.instructions ?? 0;
  assert.ok(instructions > 0);
  const { headers, digest, ...rest } = manifest;
  assert.match(digest, /^(?!0{64})[0-9a-f]{64}$/);
  assert.equal(headers?.files, 5);
  assert.equal(headers.digest, digestFiles(compiled.headers));
  assert.deepEqual(rest, {
    schema: 1,
    version: '0.1.0',
    abi: 'ab'.repeat(32),
    kernel: { release, arch: 'x86_64' },
    types: 'headers',
    toolchain: {
      clang: toolchain.clang.version,
      llc: toolchain.llc?.version ?? null,
      mcpu: 'v2',
      libbpf: { version: job.libbpf.version, headersDigest: job.libbpf.digest },
    },
    sources: { digest: job.sources.digest },
    btf: null,
    layout: layoutAt(24),
    requirements: {
      // Ascending by the helper's number in the kernel's interface: 2, 35, 113.
      helpers: ['bpf_map_update_elem', 'bpf_get_current_task', 'bpf_probe_read_kernel'],
      mapTypes: ['array'],
      programTypes: ['raw_tp'],
      largestProgram: instructions,
      jmp32: false,
    },
    programs: [{ name: 'on_enter', section: 'raw_tp/sys_enter', instructions }],
  });
});

test('the manifest is added to the object, which stays what it was', async (context) => {
  const job = createJob(createDirectory(context));
  const compiled = await compile(job);
  const code = (bytes: Uint8Array): Buffer =>
    Buffer.from(
      readElf(bytes, 'object').sections.find((one) => one.name === 'raw_tp/sys_enter')?.bytes ?? [],
    );
  const before = code(readFileSync(compiled.object));
  const after = code(await addManifest(compiled, job, [], '0.1.0'));
  assert.ok(before.length > 0);
  assert.deepEqual(after, before);
});

test('a helper that the headers do not know keeps its number', async (context) => {
  const job = createJob(createDirectory(context));
  job.libbpf.helperNames.delete(35);
  const bytes = await addManifest(await compile(job), job, [], '0.1.0');
  assert.ok(readManifest(bytes, 'object').requirements.helpers.includes('helper_35'));
});

test('an objcopy that fails is told with what it said', async (context) => {
  const directory = createDirectory(context);
  const path = writeScript(join(directory, 'objcopy'), 'echo "error: no room" >&2', 'exit 1');
  const job = createJob(directory, { toolchain: { ...toolchain, objcopy: { path, version: '14.0.6' } } });
  const error = await errorOf(async () => addManifest(await compile(job), job, [], '0.1.0'));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.equal(error.message, `${path} failed:\n  error: no room`);
});
