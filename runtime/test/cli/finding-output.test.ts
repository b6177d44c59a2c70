import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDedupWindow, parseFormat, parseRateLimit } from '../../src/cli/finding-output.js';

test('a format is a word, or names a template as we or the original call it', () => {
  assert.equal(parseFormat('text'), 'text');
  assert.equal(parseFormat('json'), 'json');
  assert.deepEqual(parseFormat('template=/a=b'), { template: '/a=b' });
  assert.deepEqual(parseFormat('gotemplate=x'), { template: 'x' });
  for (const text of ['', 'xml', 'template', 'template=', 'gob'])
    assert.throws(() => parseFormat(text), text);
});

test('a limit is a number in a second, a minute or an hour', () => {
  assert.deepEqual(parseRateLimit('5/s'), { count: 5, periodMs: 1000 });
  assert.deepEqual(parseRateLimit('60/m'), { count: 60, periodMs: 60_000 });
  assert.deepEqual(parseRateLimit('100/h'), { count: 100, periodMs: 3_600_000 });
  assert.equal(parseRateLimit('off'), 'off');
  for (const text of ['', '5', '0/s', '-1/s', '1.5/s', '5/d', '5/ms', 'on']) {
    assert.throws(() => parseRateLimit(text), text);
  }
});

test('a window is whole seconds', () => {
  assert.equal(parseDedupWindow('0'), 0);
  assert.equal(parseDedupWindow('60'), 60);
  for (const text of ['', '-1', '1.5', '1e3', 'x']) assert.throws(() => parseDedupWindow(text), text);
});
