import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isInterpreter } from '../../../src/signatures/support/interpreter.js';
import { recordedEvent } from '../../events/record-encoder.js';
import { runs } from '../program-event.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-interpreter-'));
after(() => {
  rmSync(directory, { recursive: true });
});

function ask(path: string, fields = {}): boolean | undefined {
  return isInterpreter(recordedEvent({ event: 'sched_process_exit', ...runs(path, fields) }));
}

test('shells and languages are interpreters, under any name', () => {
  const known = ['/bin/sh', '/bin/bash', '/usr/bin/perl', process.execPath].filter(existsSync);
  for (const path of known) {
    const copy = join(directory, 'cat');
    copyFileSync(path, copy);
    assert.equal(ask(path), true, path);
    assert.equal(ask(copy), true, `a copy of ${path}`);
    rmSync(copy);
  }
});

test('programs that do one thing are none', () => {
  for (const path of ['/bin/cat', '/bin/ls', '/usr/bin/env']) assert.equal(ask(path), false, path);
});

test('a file that names no sections is searched as a whole, and taken for one where it is too large', () => {
  const strings = join(directory, 'stripped');
  writeFileSync(strings, `${'\0'.repeat(1000)}PYTHONHOME${'\0'.repeat(1000)}`);
  assert.equal(ask(strings), true);
  const small = join(directory, 'small');
  writeFileSync(small, Buffer.alloc(1000));
  assert.equal(ask(small), false);
  const large = join(directory, 'large');
  writeFileSync(large, Buffer.alloc(3 * 1024 * 1024));
  assert.equal(ask(large), true);
});

test('a header that contradicts itself is no obstacle', () => {
  const lying = join(directory, 'lying');
  const header = Buffer.alloc(64, 0xff);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(header);
  writeFileSync(lying, Buffer.concat([header, Buffer.from('OPTIND')]));
  assert.equal(ask(lying), true);
});

test('it cannot be told of a program whose file is another one by now', () => {
  assert.equal(ask('/bin/cat', { executable_inode: 1 }), undefined);
  assert.equal(isInterpreter(recordedEvent({ event: 'sched_process_exit' })), undefined);
});
