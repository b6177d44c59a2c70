import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSections, fail, failOf, ok, statusOf, warn } from '../../src/doctor/finding.js';
import { TraceeError } from '../../src/errors.js';

const sections = [
  { title: 'One', findings: [ok('a', 'a', 'there'), warn('b', 'longer', 'slow', 'make it fast')] },
  {
    title: 'Two',
    findings: [
      fail('c', 'c', 'PRIVILEGES_MISSING', 'no\n  more', 'do this'),
      fail('d', 'd', 'USAGE', 'x', 'y'),
    ],
  },
];

test('the status is that of the first failure, and 0 where nothing fails', () => {
  assert.equal(statusOf(sections), 4);
  assert.equal(statusOf(sections.slice(0, 1)), 0);
});

test('one screen has each finding, its mend below what is not well, and what to do first', () => {
  assert.deepEqual(describeSections(sections, 'go on').split('\n'), [
    'One',
    '  ok    a       there',
    '  warn  longer  slow',
    '                -> make it fast',
    '',
    'Two',
    '  fail  c       no',
    '                more',
    '                -> do this',
    '  fail  d       x',
    '                -> y',
    '',
    '2 things fail. First: do this',
  ]);
  assert.match(describeSections(sections.slice(0, 1), 'go on'), /\nNothing fails\. Next: go on$/);
});

test("a user's error becomes a failure with its hint; a bug is thrown on", () => {
  const error = new TraceeError('LIBBPF_MISSING', 'gone', { hint: 'install it' });
  assert.deepEqual(failOf('l', 'libbpf', error), fail('l', 'libbpf', 'LIBBPF_MISSING', 'gone', 'install it'));
  assert.throws(() => failOf('l', 'libbpf', new TypeError('bug')), TypeError);
});
