import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { type Architecture, architectureSchema } from 'tracee/artifact';

import { compile } from '../src/compile/compile.js';
import { checkList, listOf, listPath, listText, readList } from '../src/layout/list.js';
import { readSources } from '../src/sources.js';
import { findToolchain } from '../src/toolchain/clang.js';
import { findLibbpfHeaders } from '../src/toolchain/libbpf-headers.js';

const bpf = fileURLToPath(new URL('../../bpf', import.meta.url));

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-list-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

async function compilePortable(arch: Architecture, workDirectory: string): Promise<Uint8Array> {
  const { object } = await compile({
    kernel: { release: 'core', arch, isRunning: false },
    origin: { types: 'core', where: 'core_types.h' },
    sources: readSources(bpf),
    toolchain: await findToolchain({ searchPath: process.env['PATH'] ?? '' }),
    libbpf: findLibbpfHeaders('/usr/include'),
    workDirectory,
    signal: AbortSignal.timeout(300_000),
  });
  return readFileSync(object);
}

test('what only code for old kernels reads is added to the list', () => {
  const added = readList(readSources(bpf), 'x86_64').filter(({ struct }) => struct === 'task_struct');
  assert.ok(added.some(({ member }) => member === 'real_start_time'));
  assert.ok(added.some(({ member }) => member === 'real_parent'));
});

for (const arch of architectureSchema.options) {
  test(`the list in the sources is what the portable object for ${arch} reads`, async (context) => {
    const object = await compilePortable(arch, createDirectory(context));
    const sources = readSources(bpf);
    assert.equal(readFileSync(listPath(sources, arch), 'latin1'), listText(listOf(object, 'o')));
    checkList(object, 'o', sources, arch);
  });
}

test('a list that is not up to date is refused with what it lacks and what is not read', async (context) => {
  const object = await compilePortable('x86_64', createDirectory(context));
  const directory = createDirectory(context);
  cpSync(bpf, directory, { recursive: true });
  const sources = readSources(directory);
  const path = listPath(sources, 'x86_64');
  const text = readFileSync(path, 'latin1');
  const line = 'LAYOUT_MEMBER(task_struct, comm)';
  assert.ok(text.includes(line));
  writeFileSync(path, text.replace(line, 'LAYOUT_MEMBER(task_struct, cred)'));
  assert.throws(() => checkList(object, 'o', sources, 'x86_64'), {
    code: 'COMPILE_FAILED',
    message: `${path} is not up to date: it lacks ${line}; has LAYOUT_MEMBER(task_struct, cred), which is not read`,
    hint: 'npm run generate',
  });
  rmSync(path);
  assert.throws(() => checkList(object, 'o', sources, 'x86_64'), {
    code: 'COMPILE_FAILED',
    message: `${path} cannot be read`,
  });
});
