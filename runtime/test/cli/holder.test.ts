import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { holdingWords } from '../../src/cli/holder.js';

/* The program that ships for images without a shell: `make selftest` builds it. */

const hold = fileURLToPath(new URL('../../selftest/hold', import.meta.url));

function start(...words: string[]): ChildProcess {
  return spawn(hold, words, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { GREETING: 'hello' } });
}

function gateOf(child: ChildProcess): NodeJS.WritableStream {
  const gate = child.stdio[3];
  assert.ok(gate !== null && gate !== undefined && 'write' in gate);
  return gate;
}

async function output(
  child: ChildProcess,
): Promise<{ stdout: string; stderr: string; status: number | null }> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr, status };
}

test('it waits for a byte, and then is the program, as the same process with the same environment', async () => {
  const child = start(
    '/bin/sh',
    'sh',
    '-c',
    'echo "$$ $GREETING $1"; [ -e /proc/$$/fd/3 ] || echo closed',
    'sh',
    'two words',
  );
  await once(child, 'spawn');
  assert.equal(readlinkSync(`/proc/${child.pid}/exe`), hold);
  const ended = output(child);
  gateOf(child).end('\n');
  const { stdout, status } = await ended;
  assert.equal(status, 0);
  assert.equal(stdout, `${child.pid} hello two words\nclosed\n`);
});

test('without a byte it never becomes the program', async () => {
  const child = start('/bin/echo', 'echo', 'never');
  const ended = output(child);
  gateOf(child).end();
  assert.deepEqual(await ended, { stdout: '', stderr: '', status: 1 });
});

test('a program that cannot be run is named, with the status that a shell has for it', async () => {
  const child = start('/etc/passwd', 'passwd');
  const ended = output(child);
  gateOf(child).end('\n');
  assert.deepEqual(await ended, { stdout: '', stderr: '/etc/passwd: cannot be run\n', status: 126 });
});

test('where there is a shell it starts the command', () => {
  const [program, ...words] = holdingWords(['./a b', 'c'], '/bin');
  assert.equal(program, '/bin/sh');
  assert.deepEqual(words.slice(-2), ['./a b', 'c']);
});
