import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { announceReady, findTrouble } from '../../src/cli/ready-file.js';

const health = fileURLToPath(new URL('../../dist/cli/tracee-health.js', import.meta.url));

function readyPath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-ready-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'ready');
}

function check(path: string): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [health], {
    encoding: 'utf8',
    env: path === '' ? {} : { TRACEE_READY_FILE: path },
  });
}

test('the file is there while its process is armed, and gone when it ends', (context) => {
  const path = readyPath(context);
  assert.match(findTrouble(path) ?? '', /^not armed: \S+ is not there$/);
  {
    using _ = announceReady(path);
    assert.equal(findTrouble(path), undefined);
    assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid, process.pid);
    assert.equal(statSync(path).mode & 0o777, 0o644);
    const { status, stdout } = check(path);
    assert.deepEqual([status, stdout], [0, 'armed\n']);
  }
  assert.equal(existsSync(path), false);
  assert.equal(check(path).status, 1);
});

test('the file of a process that has ended is no good sign, even where another has its number', async (context) => {
  const path = readyPath(context);
  const child = spawn('true');
  await once(child, 'exit');
  for (const [pid, words] of [
    [child.pid, /process \d+, which was armed, has ended/],
    [process.pid, /has ended/],
  ] as const) {
    writeFileSync(path, `{"pid":${pid},"startTicks":"1"}\n`);
    assert.match(findTrouble(path) ?? '', words);
  }
});

test('a process whose loop no longer turns is not healthy', (context) => {
  const path = readyPath(context);
  using _ = announceReady(path);
  const before = Date.now() / 1000 - 100;
  utimesSync(path, before, before);
  assert.match(findTrouble(path) ?? '', /has been silent for (?:99|100|101) s/);
});

test('a second tracee leaves the file of the first alone', (context) => {
  const path = readyPath(context);
  using _ = announceReady(path);
  const { ino } = statSync(path);
  announceReady(path)[Symbol.dispose]();
  assert.equal(statSync(path).ino, ino);
});

test('what a dead tracee has left is replaced, and a link is not followed', (context) => {
  const path = readyPath(context);
  const target = `${path}-target`;
  writeFileSync(target, 'precious');
  symlinkSync(target, path);
  assert.match(findTrouble(path) ?? '', /is not there/);
  using _ = announceReady(path);
  assert.equal(findTrouble(path), undefined);
  assert.equal(readFileSync(target, 'utf8'), 'precious');
});

test('what is no such file is refused, and without the variable the check says so', (context) => {
  const path = readyPath(context);
  for (const text of [
    '',
    'x',
    '{"pid":1}',
    '{"pid":"1","startTicks":"1"}\n',
    `{"pid":${'9'.repeat(99)}}\n`,
  ]) {
    writeFileSync(path, text);
    assert.match(findTrouble(path) ?? '', /cannot be understood/, text);
  }
  assert.match(findTrouble(tmpdir()) ?? '', /somebody else's/);
  const { status, stdout } = check('');
  assert.equal(status, 1);
  assert.match(stdout, /TRACEE_READY_FILE is not set/);
});
