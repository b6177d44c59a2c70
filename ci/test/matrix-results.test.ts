import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable, nameFailures, readResults } from '../matrix/dist/results.js';

const passed = '{"variant":"btf","test":"a","outcome":"ok","seconds":1.5,"message":""}';
const failed = '{"variant":"btf","test":"b","outcome":"failed","seconds":0,"message":"1 !== 2"}';
const end = (status: number): string => `{"variant":"btf","status":${status}}`;

const read = (...lines: string[]): string[] =>
  nameFailures(readResults('debian-6.1', 'btf', lines.join('\n'), undefined));

test('a run in which every test passed has no failure', () => {
  assert.deepEqual(read(passed, end(0)), []);
});

test('a test that failed is named with its kernel and object', () => {
  assert.deepEqual(read(passed, failed, end(1)), ['debian-6.1, btf: b']);
});

test('a run that broke off is a failure, whatever passed before', () => {
  assert.deepEqual(read(passed), ['debian-6.1, btf: the tests run to their end']);
});

test('a run without a test is a failure', () => {
  assert.deepEqual(read(end(0)), ['debian-6.1, btf: the tests run to their end']);
});

test('a run that ended badly although no test failed is a failure', () => {
  assert.deepEqual(read(passed, end(139)), ['debian-6.1, btf: the tests run to their end']);
});

test('results of another object, and lines that are none, are left out', () => {
  const other = '{"variant":"headers","test":"c","outcome":"failed","seconds":0,"message":""}';
  assert.deepEqual(read('Segmentation fault', other, passed, '{"variant":"btf","te', end(0)), []);
});

test('the reason why a VM ended early is told where results are missing', () => {
  const [result] = readResults('debian-6.1', 'btf', '', 'its kernel panicked');
  assert.equal(result?.message, 'its kernel panicked');
});

test('the table has a line for each result, with the reason below what is not ok', () => {
  const table = formatTable(readResults('debian-6.1', 'btf', [passed, failed, end(1)].join('\n'), undefined));
  assert.match(table, /^debian-6\.1 +btf +ok +1\.5 {2}a$/m);
  assert.match(table, /^debian-6\.1 +btf +FAILED +0\.0 {2}b\n +1 !== 2$/m);
});
