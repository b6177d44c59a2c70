import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readManifest, type Manifest } from 'tracee/artifact';
import { compile, type CompileJob } from '../src/compile/compile.js';
import { sha256 } from '../src/digest.js';
import { describeInputs, isMadeFrom, type Inputs } from '../src/inputs.js';
import { findHeaders } from '../src/kernel/headers.js';
import { addManifest } from '../src/manifest.js';
import { createJob, writeBtf } from './fixtures/job.js';
import { release, writeDebianHalves } from './fixtures/header-tree.js';
import { createDirectory } from './fixtures/scratch.js';

function headersJob(directory: string): CompileJob {
  const { build } = writeDebianHalves(directory);
  const kernel = { release, arch: 'x86_64', isRunning: false } as const;
  const search = { kernel, directories: [build], allowMismatch: false, onMiss: () => undefined };
  return createJob(directory, { kernel, origin: findHeaders(search) });
}

function btfJob(directory: string): CompileJob {
  const path = writeBtf(directory);
  return createJob(directory, { origin: { types: 'btf', where: path, path } });
}

test('headers are identified by the two files that tell one configured kernel from another', async (context) => {
  const directory = createDirectory(context);
  const job = headersJob(directory);
  assert.ok(job.origin.types === 'headers');
  const { build } = job.origin.tree;
  const inputs = await describeInputs(job);
  assert.deepEqual(inputs.configuration, {
    utsrelease: sha256(readFileSync(join(build, 'include/generated/utsrelease.h'))),
    autoconf: sha256(readFileSync(join(build, 'include/generated/autoconf.h'))),
  });
  assert.equal(inputs.btf, null);
  assert.equal(inputs.toolchain.llc, job.toolchain.llc?.version ?? null);
  assert.deepEqual(inputs.kernel, { release, arch: 'x86_64' });
});

test('BTF is identified by its bytes, and llc has no part in the object', async (context) => {
  const job = btfJob(createDirectory(context));
  assert.ok(job.origin.types === 'btf');
  const inputs = await describeInputs(job);
  assert.deepEqual(inputs.btf, { digest: sha256(readFileSync(job.origin.path)) });
  assert.equal(inputs.configuration, null);
  assert.equal(inputs.toolchain.llc, null);
});

test('the portable object is of no kernel in particular', async (context) => {
  const inputs = await describeInputs(createJob(createDirectory(context)));
  assert.deepEqual(inputs.kernel, { release: null, arch: 'x86_64' });
  assert.deepEqual([inputs.btf, inputs.configuration, inputs.types], [null, null, 'core']);
});

interface Case {
  manifest: Manifest;
  inputs: Inputs;
  abi: string;
}

async function makeCase(context: TestContext): Promise<Case> {
  const job = headersJob(createDirectory(context));
  const bytes = await addManifest(await compile(job), job, '0.1.0');
  return {
    manifest: readManifest(bytes, 'object'),
    inputs: await describeInputs(job),
    abi: job.sources.abi,
  };
}

test('an object is known by its inputs again, and each input that differs is noticed', async (context) => {
  const { manifest, inputs, abi } = await makeCase(context);
  assert.equal(isMadeFrom(manifest, inputs, '0.1.0', abi), true);
  assert.equal(isMadeFrom(manifest, inputs, '0.2.0', abi), false);
  assert.equal(isMadeFrom(manifest, inputs, '0.1.0', 'c'.repeat(64)), false);
  const { toolchain, configuration } = inputs;
  assert.ok(configuration);
  const others: Partial<Inputs>[] = [
    { kernel: { release: '6.1.0-51-cloud-amd64', arch: 'x86_64' } },
    { kernel: { release, arch: 'aarch64' } },
    { types: 'btf' },
    { toolchain: { ...toolchain, clang: '16.0.6' } },
    { toolchain: { ...toolchain, llc: null } },
    { toolchain: { ...toolchain, mcpu: 'v3' } },
    { toolchain: { ...toolchain, libbpf: { ...toolchain.libbpf, headersDigest: 'c'.repeat(64) } } },
    { sources: { digest: 'c'.repeat(64) } },
    { btf: { digest: 'c'.repeat(64) } },
    { configuration: { ...configuration, utsrelease: 'c'.repeat(64) } },
    { configuration: { ...configuration, autoconf: 'c'.repeat(64) } },
    { configuration: null },
  ];
  for (const other of others) {
    assert.equal(
      isMadeFrom(manifest, { ...inputs, ...other }, '0.1.0', abi),
      false,
      `${JSON.stringify(other)} was not noticed`,
    );
  }
});
