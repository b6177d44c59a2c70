import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestFiles, sha256 } from '../src/digest.js';

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

test('SHA-256 is that of sha256sum', () => {
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('the digest of files is that of sha256sum’s own lines, so that it can be checked by hand', () => {
  assert.equal(digestFiles([file('a.h', 'abc')]), sha256(`${sha256('abc')}  a.h\n`));
});

test('the order of files does not matter, their names and contents do', () => {
  const digest = digestFiles([file('a', '1'), file('b', '2')]);
  assert.equal(digestFiles([file('b', '2'), file('a', '1')]), digest);
  assert.notEqual(digestFiles([file('a', '2'), file('b', '1')]), digest);
  assert.notEqual(digestFiles([file('a', '1'), file('c', '2')]), digest);
  assert.notEqual(digestFiles([file('a', '1')]), digest);
});
