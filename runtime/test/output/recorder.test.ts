import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Recorder } from '../../src/output/recorder.js';

function createPath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-record-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'events.json');
}

test('what was written is in the file in order, for the owner only', (context) => {
  const path = createPath(context);
  {
    using recorder = new Recorder(path);
    recorder.write(Buffer.from('{"a":1}\n'));
    recorder.write(Buffer.from('{"b":"ü"}\n'));
  }
  assert.equal(readFileSync(path, 'utf8'), '{"a":1}\n{"b":"ü"}\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file that is there is gone on with', (context) => {
  const path = createPath(context);
  writeFileSync(path, 'before\n');
  {
    using recorder = new Recorder(path);
    recorder.write(Buffer.from('after\n'));
  }
  assert.equal(readFileSync(path, 'utf8'), 'before\nafter\n');
});

test('a recorder that was given nothing leaves an empty file', (context) => {
  const path = createPath(context);
  new Recorder(path)[Symbol.dispose]();
  assert.equal(readFileSync(path, 'utf8'), '');
});

test('a path that cannot be written is refused with the reason', (context) => {
  const path = createPath(context);
  assert.throws(() => new Recorder(join(path, 'x', 'y')), {
    code: 'RUN_FAILED',
    status: 1,
    message: /events\.json\/x\/y cannot be written: ENOENT/,
  });
});

test('a symbolic link is not followed, so that nobody else chooses the file', (context) => {
  const path = createPath(context);
  const target = `${path}.target`;
  symlinkSync(target, path);
  assert.throws(() => new Recorder(path), { code: 'RUN_FAILED', message: /ELOOP/ });
});

test('a disk that is full is an error and not a gap', () => {
  using recorder = new Recorder('/dev/full');
  assert.throws(() => recorder.write(Buffer.from('lost')), {
    code: 'RUN_FAILED',
    message: /^\/dev\/full cannot be written: ENOSPC/,
  });
});
