import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmlessName, isArtifactName, nameOfCopy, nameOfWritten } from '../../src/capture/names.js';
import { captured } from './record.js';

test('artifacts are called as in the original', () => {
  const written = captured({ kind: 'write', dev: 8388610, inode: 533737n, nsPid: 7 });
  assert.equal(nameOfWritten(written), 'write.dev-8388610.inode-533737');
  const nowhere = captured({ kind: 'write', dev: 6, inode: 3n, nsPid: 7, isNullDevice: true });
  assert.equal(nameOfWritten(nowhere), 'write.dev-6.inode-3.pid-7');
  assert.equal(nameOfCopy('exec', 1_234_567_890n, '/usr/bin/ls'), 'exec.1234567.ls');
  assert.equal(nameOfCopy('exec', 1_000n, 'memfd:payload'), 'exec.1.memfd:payload');
  assert.equal(nameOfCopy('bin', 5_000_000n, ''), 'bin.5000');
  assert.equal(nameOfCopy('module', 5_000_000n, '/lib/dummy.ko.xz'), 'module.5000.dummy.ko.xz');
});

test('a hostile name of a program becomes a harmless one', () => {
  const rows: [string, string][] = [
    ['/tmp/a\nb', 'exec.1.a_b'],
    ['/tmp/\u001b[31mred', 'exec.1.__31mred'],
    ['/tmp/..', 'exec.1...'],
    ['/tmp/', 'exec.1'],
    ['/tmp/a b;rm -rf $(x)`y`|&<>*?\'"\\', 'exec.1.a_b_rm_-rf___x__y__________'],
    ['/tmp/\u202eexe.txt', 'exec.1._exe.txt'],
    ['/tmp/\udcff\udc80', 'exec.1.__'],
    ['/tmp/größe', 'exec.1.größe'],
    ['/tmp/\0', 'exec.1._'],
  ];
  for (const [path, expected] of rows) {
    const name = nameOfCopy('exec', 1000n, path);
    assert.equal(name, expected);
    assert.ok(isArtifactName(name));
  }
  assert.equal(harmlessName('-n'), '-n');
});

test('a name of 255 bytes is cut at a character, so that its artifact has a name that file systems take', () => {
  for (const character of ['x', 'ä', '名', '\u{1f600}']) {
    const name = nameOfCopy('exec', 2n ** 63n, `/tmp/${character.repeat(255)}`);
    assert.ok(Buffer.byteLength(name) <= 240);
    assert.ok(!name.includes('\ufffd'));
    assert.ok(isArtifactName(name));
  }
});

test('only what an artifact can be called is taken for one', () => {
  for (const name of [
    'write.dev-1.inode-2',
    'write.dev-1.inode-2.pid-3',
    'exec.1.ls',
    'bin.12',
    'module.3.x.ko',
  ])
    assert.ok(isArtifactName(name), name);
  for (const name of [
    'exec',
    'exec.',
    'exec.ls',
    'bin.12x',
    'notes.txt',
    'write.dev-1',
    '.exec.1.ls',
    'a/exec.1.ls',
  ])
    assert.ok(!isArtifactName(name), name);
});
