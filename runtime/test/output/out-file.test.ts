import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { OutFile } from '../../src/output/out-file.js';

function scratch(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-out-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('directories above are made, and the file is for owner and group', (context) => {
  const path = join(scratch(context), 'a/b/c.json');
  using file = new OutFile(path);
  file.write(Buffer.from('one\n'));
  file.write(Buffer.from('two\n'));
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test('a file that is there is replaced, and whoever has it linked keeps the old one', (context) => {
  const directory = scratch(context);
  const [path, other] = [join(directory, 'log'), join(directory, 'other')];
  writeFileSync(path, 'old', { mode: 0o666 });
  linkSync(path, other);
  using file = new OutFile(path);
  file.write(Buffer.from('new'));
  assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')], ['new', 'old']);
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test('a symbolic link is refused, and what it leads to stays', (context) => {
  const directory = scratch(context);
  const [target, path] = [join(directory, 'secret'), join(directory, 'log')];
  writeFileSync(target, 'kept');
  symlinkSync(target, path);
  assert.throws(() => new OutFile(path), { code: 'RUN_FAILED', message: /log cannot be written: EEXIST/ });
  assert.equal(readFileSync(target, 'utf8'), 'kept');
  symlinkSync(join(directory, 'nowhere'), `${path}2`);
  assert.throws(() => new OutFile(`${path}2`), { code: 'RUN_FAILED' });
  assert.ok(!existsSync(join(directory, 'nowhere')));
});

test('a directory is refused', (context) => {
  assert.throws(() => new OutFile(scratch(context)), { code: 'RUN_FAILED' });
});

test('devices are written to, and a full one is an error', () => {
  using none = new OutFile('/dev/null');
  none.write(Buffer.from('x'));
  using full = new OutFile('/dev/full');
  assert.throws(() => full.write(Buffer.from('x')), {
    code: 'RUN_FAILED',
    message: /\/dev\/full cannot be written: ENOSPC/,
  });
});
