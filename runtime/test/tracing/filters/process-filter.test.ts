import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import type { ProcessFilter } from '../../../src/tracing/filters/process-filter.js';
import { parseSelection } from '../../../src/tracing/selection.js';

function filtersOf(...expressions: string[]): readonly Omit<ProcessFilter, 'text'>[] {
  return (parseSelection(expressions).scope.filters ?? []).map(({ field, operator, values }) => ({
    ...{ field, operator, values },
  }));
}

const numbers = (...values: number[]): (readonly [bigint, bigint])[] =>
  values.map((one) => [BigInt(one), 0n]);

/** `sh` as the kernel holds it in 16 bytes. */
function name(text: string): readonly [bigint, bigint] {
  const bytes = Buffer.alloc(16);
  bytes.write(text);
  return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
}

test('numbers are one of some, none of some, and between the tightest bounds', () => {
  assert.deepEqual(filtersOf('uid=0,1000', 'uid=5'), [
    { field: 'uid', operator: 'one_of', values: numbers(0, 1000, 5) },
  ]);
  assert.deepEqual(filtersOf('uid!=0', 'uid>10', 'uid>20', 'uid<=40', 'uid<39'), [
    { field: 'uid', operator: 'none_of', values: numbers(0) },
    { field: 'uid', operator: 'at_least', values: numbers(21) },
    { field: 'uid', operator: 'at_most', values: numbers(38) },
  ]);
  assert.deepEqual(filtersOf('mntns=4026531840', 'pidns!=1', 'tid=7'), [
    { field: 'tid', operator: 'one_of', values: numbers(7) },
    { field: 'mnt_ns', operator: 'one_of', values: numbers(4_026_531_840) },
    { field: 'pid_ns', operator: 'none_of', values: numbers(1) },
  ]);
});

test('processes by number stand in the table of processes, what else is said of them are filters', () => {
  const { scope } = parseSelection(['pid=1,2', 'pid<100']);
  assert.deepEqual(scope.pids, [1, 2]);
  assert.deepEqual(filtersOf('pid=1', 'pid<100'), [
    { field: 'pid', operator: 'at_most', values: numbers(99) },
  ]);
});

test('names hold dots, and in quotes commas, stars and quotes', () => {
  const values = ['a.out', 'a,b', '*', 'it"s'].map(name);
  assert.deepEqual(filtersOf('comm=a.out,"a,b",\'*\',"it\\"s"'), [
    { field: 'comm', operator: 'one_of', values },
  ]);
  assert.deepEqual(filtersOf('uts!=host.example'), [
    { field: 'uts', operator: 'none_of', values: [name('host.example')] },
  ]);
});

test('a name that is longer than the kernel keeps is compared as far as that', () => {
  assert.deepEqual(filtersOf('comm=0123456789abcdefgh')[0]?.values, [name('0123456789abcde')]);
});

test('more than sixteen names cannot be one of, and none of as many as one likes', () => {
  const many = Array.from({ length: 17 }, (_, index) => `p${index}`).join(',');
  assert.throws(() => filtersOf(`comm=${many}`), { code: 'INVALID_FILTER', message: /has 17 values$/ });
  assert.deepEqual(
    filtersOf(`comm!=${many}`).map(({ values }) => values.length),
    [16, 1],
  );
});

test('more comparisons than the kernel side has room for are refused', () => {
  const many = Array.from({ length: 16 * 16 + 1 }, (_, index) => `p${index}`).join(',');
  assert.throws(() => filtersOf(`comm!=${many}`), {
    code: 'INVALID_FILTER',
    message: '17 comparisons are more than the kernel side takes',
  });
});

test('a program is known by its file', () => {
  const { ino, dev } = statSync(process.execPath, { bigint: true });
  const [filter] = filtersOf(`binary=${process.execPath}`);
  assert.equal(filter?.values[0]?.[0], ino);
  assert.equal(filter.values[0][1] & 0xfffffn, dev & 0xffn);
});

test('new processes begin after now', () => {
  const before = process.hrtime.bigint();
  const [filter] = filtersOf('pid=new');
  assert.equal(filter?.field, 'start_time');
  assert.ok((filter.values[0]?.[0] ?? 0n) >= before);
  assert.equal(filtersOf('pid!=new')[0]?.operator, 'at_most');
});
