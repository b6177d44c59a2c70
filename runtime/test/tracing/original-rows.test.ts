import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelection } from '../../src/tracing/selection.js';

/* The rows of the original's own test of `--trace`: what it refused, and what it took. */

const refused: readonly (readonly [expression: string, message: RegExp])[] = [
  ['uid==0', /needs a number, and "=0" is none/],
  ['mntns==0', /needs a number, and "=0" is none/],
  ['uid<\t0', /needs a number/],
  ['mntns<\t0', /needs a number/],
  ['UID>0', /is no trace expression/],
  ['test=0', /is no trace expression/],
  [`${'A'.repeat(120)}=0`, /is no trace expression/],
  [`uid${'>'.repeat(30)}0`, /needs a number/],
  ['uid=a', /needs a number/],
  ['pidns=a', /needs a number/],
  ['uid=-1', /is not from 0 to 4294967295/],
  ['mntns=-1', /is not from 0/],
  ['uid=1 1', /needs a number/],
  ['uid=\t', /needs a number/],
  [`uid=${'A'.repeat(100)}`, /needs a number/],
  ['uid=%s', /needs a number/],
  ['uid=0\t', /needs a number/],
  ['pidns=0\t', /needs a number/],
  ['uid=4294967296', /is not from 0 to 4294967295/],
  ['uid=', /has an empty value/],
  ['mntns=', /has an empty value/],
  ['open.', /is no trace expression/],
  ['blabla.bla', /is no trace expression/],
  ['blabla.bla=5', /there is no blabla/],
  ['open.bla=5', /names no argument of open/],
  ['.retval', /is no trace expression/],
  ['open.retvall', /is no trace expression/],
  ['event=blah*', /there is no event "blah\*"/],
  ['event=bl*ah', /there is no event "bl\*ah"/],
  ['event!=bl*ah', /there is no event "bl\*ah"/],
  // Mended: it was as if it were not there.
  ['uid<0', /is true of no number/],
  // It crashed here.
  ['', /is no trace expression/],
  ['open.flags=,', /has an empty value/],
];

for (const [expression, message] of refused) {
  test(`${JSON.stringify(expression)} is refused`, () => {
    assert.throws(() => parseSelection([expression]), { status: 2, message });
  });
}

const numeric = [
  ['uid=0', 'uid', 'one_of', 0n],
  ['uid!=0', 'uid', 'none_of', 0n],
  ['mntns=0', 'mnt_ns', 'one_of', 0n],
  ['pidns!=0', 'pid_ns', 'none_of', 0n],
  ['uid>0', 'uid', 'at_least', 1n],
  // Mended: it was refused.
  ['uid<=0', 'uid', 'at_most', 0n],
] as const;

for (const [expression, field, operator, value] of numeric) {
  test(`${expression} compares ${field} in the kernel`, () => {
    const [filter, ...others] = parseSelection([expression]).scope.filters ?? [];
    assert.deepEqual([filter?.field, filter?.operator, filter?.values], [field, operator, [[value, 0n]]]);
    assert.deepEqual(others, []);
  });
}

test('names are compared as 16 bytes, padded: comm=ls, uts!=deadbeaf', () => {
  const { filters = [] } = parseSelection(['comm=ls', 'uts!=deadbeaf']).scope;
  const key = (text: string): [bigint, bigint] => {
    const bytes = Buffer.alloc(16);
    bytes.write(text);
    return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
  };
  assert.deepEqual(
    filters.map(({ field, operator, values }) => [field, operator, values]),
    [
      ['comm', 'one_of', [key('ls')]],
      ['uts', 'none_of', [key('deadbeaf')]],
    ],
  );
});

test('all six kinds of one test are set together', () => {
  const { filters = [] } = parseSelection([
    'uid<1',
    'mntns=5',
    'pidns!=3',
    'pid!=10',
    'comm=ps',
    'uts!=abc',
  ]).scope;
  assert.deepEqual(filters.map(({ field }) => field).toSorted(), [
    'comm',
    'mnt_ns',
    'pid',
    'pid_ns',
    'uid',
    'uts',
  ]);
});

test('filters on arguments and results are joined by event', () => {
  const { filters } = parseSelection([
    ...['openat.pathname=/bin/ls,/tmp/tracee', 'openat.pathname!=/etc/passwd'],
    ...['openat.retval=2', 'openat.retval>1'],
  ]);
  assert.deepEqual(
    filters.map(({ event }) => event.name),
    ['openat', 'openat'],
  );
});

test('event=open* and event!=* are told apart: the last leaves nothing, which is said', () => {
  assert.ok(parseSelection(['event=open*']).events.length > 3);
  assert.throws(() => parseSelection(['event!=*']), { message: 'no event is left to trace' });
});
