import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { machineCode, onEveryThread } from '../../src/privileges/every-thread.js';

const source = fileURLToPath(new URL('../../src/privileges/every-thread.S', import.meta.url));
const program = fileURLToPath(new URL('rename-threads.ts', import.meta.url));

function assemble(context: TestContext, target: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-code-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const object = join(directory, 'code.o');
  execFileSync('clang', [`--target=${target}`, '-c', source, '-o', object]);
  return readFileSync(object);
}

for (const [name, target] of [
  ['x64', 'x86_64-linux-gnu'],
  ['arm64', 'aarch64-linux-gnu'],
] as const) {
  test(`the machine code for ${name} is what its source is assembled to`, (context) => {
    assert.ok(assemble(context, target).includes(machineCode[name].bytes));
  });
}

test('every thread makes the calls: those of the engine, of the pool, and workers', () => {
  const output = execFileSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8' });
  const { before, after, isSignalFree } = JSON.parse(output) as {
    before: string[];
    after: string[];
    isSignalFree: boolean;
  };
  assert.ok(before.length > 6, before.join());
  assert.ok(!before.includes('was-here'));
  assert.deepEqual(new Set(after), new Set(['was-here']));
  assert.ok(isSignalFree, 'the action of the signal is not what it was');
});

test('a thread that does not come to it is named', () => {
  assert.throws(() => onEveryThread([], (tid) => tid !== process.pid), {
    code: 'RUN_FAILED',
    message: `threads ${process.pid} do not answer`,
  });
});
