import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { startTracee } from './harness.js';

/* What is done to Tracee itself is told, as far as a process can tell it. */

const quiet = ['--rules', 'TRC-2', '--', '/bin/cat'];

/** The next text of a stream that fits. */
function awaitText({ stderr }: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stderr?.on('data', (chunk: string) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
  });
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
  test(`${signal} ends it with its counts, and the end says why`, async () => {
    const { child, ended } = await startTracee(quiet);
    child.kill(signal);
    const { stderr, status } = await ended;
    assert.match(stderr, new RegExp(`^tracee: ends: ${signal}$`, 'm'));
    assert.match(stderr, /0 detections, 0 delivered, 0 lost/);
    assert.equal(status, 0);
  });
}

test('that it was stopped is told when it goes on', async () => {
  const { child, ended } = await startTracee(quiet);
  const told = awaitText(child, /nothing was read for \d+ s/);
  child.kill('SIGSTOP');
  await sleep(6000);
  child.kill('SIGCONT');
  assert.match(await told, /^tracee: nothing was read for \d+ s: Tracee was stopped, or got no processor$/m);
  child.kill('SIGINT');
  await ended;
});

test('a debugger that holds it is told by its name', async () => {
  const { child, ended } = await startTracee(quiet);
  const told = awaitText(child, /traces Tracee/);
  // PTRACE_SEIZE, which does not stop it.
  const seize = `syscall(${process.arch === 'x64' ? 101 : 117}, 0x4206, ${child.pid ?? 0}, 0, 0) == 0 or die; sleep 100`;
  const debuggerProcess = spawn('perl', ['-e', seize], { stdio: 'ignore' });
  assert.match(await told, new RegExp(`process ${debuggerProcess.pid} \\(perl\\) traces Tracee`));
  debuggerProcess.kill('SIGKILL');
  child.kill('SIGINT');
  await ended;
});
