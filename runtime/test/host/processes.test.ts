import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { descendantsOf } from '../../src/host/processes.js';

/** Starts a program that prints numbers on one line and then lives until its input ends. */
async function start(
  context: TestContext,
  program: string,
  args: readonly string[],
): Promise<[ChildProcess, number[]]> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  context.after(async () => {
    child.stdin?.end();
    await ended;
  });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return [child, line.toString().trim().split(' ').map(Number)];
}

test('children and their children are found, and the root comes first', async (context) => {
  const script = `exec 3<&0; sh -c 'cat <&3 & echo $$ $!; wait' & wait`;
  const [shell, [inner = 0, cat = 0]] = await start(context, '/bin/sh', ['-c', script]);
  assert.deepEqual(descendantsOf(shell.pid ?? 0), [shell.pid, inner, cat]);
  assert.deepEqual(descendantsOf(inner), [inner, cat]);
  assert.ok(descendantsOf(process.pid).includes(cat));
});

test('a name with parentheses and spaces neither hides a process nor gives it another parent', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-comm-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const program = join(directory, 'a) R 1 (b');
  copyFileSync('/bin/sh', program);
  const [shell, [cat = 0]] = await start(context, program, ['-c', 'exec 3<&0; cat <&3 & echo $!; wait']);
  assert.equal(readFileSync(`/proc/${shell.pid}/comm`, 'utf8'), 'a) R 1 (b\n');
  assert.deepEqual(descendantsOf(shell.pid ?? 0), [shell.pid, cat]);
  assert.ok(descendantsOf(process.pid).includes(shell.pid ?? 0));
});

test('a process without children is alone', async (context) => {
  const [child] = await start(context, '/bin/sh', ['-c', 'echo 0; read -r _']);
  assert.deepEqual(descendantsOf(child.pid ?? 0), [child.pid]);
});
