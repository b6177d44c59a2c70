import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeJson, escapeLines, escapeText } from '../../src/output/escape.js';

test('ordinary text of any script is left alone', () => {
  for (const text of ['', 'ls -l', 'C:\\path', 'grün', '日本語', 'naïve 🐧', 'a\u00a0b']) {
    assert.equal(escapeText(text), text);
  }
});

test('escape sequences and control characters are shown as text', () => {
  assert.equal(escapeText('a\u001b[31mred\u001b[0m'), 'a\\x1b[31mred\\x1b[0m');
  assert.equal(escapeText('\u001b]0;title\u0007'), '\\x1b]0;title\\x07');
  assert.equal(escapeText('\0\b\u007f'), '\\x00\\x08\\x7f');
});

test('what starts a new line or goes back on it cannot forge a line', () => {
  assert.equal(escapeText('a\nb\rc\td\u000be\u000cf'), 'a\\x0ab\\x0dc\\x09d\\x0be\\x0cf');
  assert.equal(escapeText('a\u0085b\u2028c\u2029d'), 'a\\x85b\\u2028c\\u2029d');
});

test('C1 controls, which some terminals obey as escape sequences, are shown', () => {
  for (let code = 0x80; code < 0xa0; code++) {
    assert.equal(escapeText(String.fromCharCode(code)), `\\x${code.toString(16)}`);
  }
});

test('marks that turn the direction of text are shown', () => {
  assert.equal(escapeText('exe.\u202egpj\u202c'), 'exe.\\u202egpj\\u202c');
  for (const code of [0x061c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff]) {
    assert.equal(escapeText(String.fromCharCode(code)), `\\u${code.toString(16).padStart(4, '0')}`);
  }
});

test('half a surrogate pair is shown and a whole one is kept', () => {
  assert.equal(escapeText('a\ud83db'), 'a\\ud83db');
  assert.equal(escapeText('\udc27'), '\\udc27');
  assert.equal(escapeText('\ud83d\udc27'), '🐧');
});

test('a byte that is no UTF-8 is shown as the byte', () => {
  assert.equal(escapeText('a\udcffb\udc80'), 'a\\xffb\\x80');
});

test('a line end in a name cannot begin a line that looks like one of ours', () => {
  assert.equal(
    escapeLines('no file a\ntracee: all is well\u001b[1A'),
    'no file a\n  tracee: all is well\\x1b[1A',
  );
  assert.equal(escapeLines('several:\n  one\n  two'), 'several:\n  one\n  two');
});

test('JSON keeps its meaning and loses what a terminal would obey', () => {
  const value = { comm: 'a\u009b31m\u202eb\u001b[0m', path: '/tmp/ünïcode\u2028' };
  const json = escapeJson(JSON.stringify(value));
  assert.deepEqual(JSON.parse(json), value);
  assert.match(json, /^\{"comm":"a\\u009b31m\\u202eb\\u001b\[0m","path":"\/tmp\/ünïcode\\u2028"\}$/);
});
