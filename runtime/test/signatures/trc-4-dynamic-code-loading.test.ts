import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { mappingFacts } from '../../src/events/layout.js';
import dynamicCodeLoading from '../../src/signatures/trc-4-dynamic-code-loading.js';
import type { RecordContent } from '../events/record-encoder.js';
import { ranBy, strange } from './executables.js';
import { observe, type Told } from './rule-harness.js';

/*
 * Rows of the original's tests: section 4.7 of its description. One verdict is changed on purpose: "Protection
 * changed to Executable!" is found too where the memory was written before, since making code in two steps is
 * how all who try not to be seen do it. Where it was not written, the kernel side tells nothing.
 */

const [R, W, X] = [1, 2, 4];
const { writable, written, shared_writable, written_by_process, anonymous } = mappingFacts;

function protect(
  previous: number,
  prot: number,
  facts: number,
  more: Partial<RecordContent> = strange,
): RecordContent {
  return {
    event: 'security_file_mprotect',
    ...strange,
    ...more,
    args: { address: 0x7f00_0000_1000, length: 4096, prot, previous, facts },
  };
}

function map(
  prot: number,
  facts: number,
  more: Partial<RecordContent> = strange,
  path?: string,
): RecordContent {
  const pathname = path === undefined ? {} : { pathname: { bytes: path } };
  return {
    event: 'security_mmap_file',
    ...strange,
    ...more,
    args: { ...pathname, prot, flags: 0x22, facts },
  };
}

const told = (...records: RecordContent[]): readonly Told[] => observe(dynamicCodeLoading, ...records).told;

test('protection changed from W+E to E is found', () => {
  const [match] = told(protect(R | W | X, R | X, written | anonymous));
  assert.equal(match?.summary, 'made memory executable that was written before');
  assert.deepEqual(match.facts, [
    'PROT_READ|PROT_WRITE|PROT_EXEC became PROT_READ|PROT_EXEC',
    '4096 bytes at 0x7F0000001000',
    'no file is behind it',
  ]);
});

test('protection changed to executable is found where the memory was written, and not where it was not', () => {
  assert.equal(told(protect(R | W, R | X, written | anonymous)).length, 1);
  assert.equal(told(protect(0, X, written | anonymous)).length, 1, 'PROT_EXEC alone');
  assert.deepEqual(told(protect(R, R | X, anonymous)), []);
  assert.deepEqual(told(protect(R | W, R, written | anonymous)), [], 'not executable');
});

test('ptrace with PTRACE_PEEKDATA is not found', () => {
  assert.deepEqual(told({ event: 'ptrace', ...strange, args: { request: 2, pid: 1 } }), []);
});

test('memory that is writable and executable is found, mapped or changed', () => {
  for (const record of [
    map(R | W | X, writable | anonymous),
    protect(R | W, R | W | X, writable | written),
  ]) {
    assert.equal(told(record)[0]?.summary, 'has memory that is writable and executable');
  }
});

test('a second mapping that can be written, and a file that the process wrote, are found with the file', () => {
  const [twice] = told(map(R | X, shared_writable, strange, 'memfd:x'));
  assert.match(twice?.summary ?? '', /by a second mapping/);
  assert.match(twice?.facts.join() ?? '', /memfd:x/);
  const [own] = told(map(R | X, written_by_process, strange, '/tmp/code'));
  assert.equal(own?.summary, 'executes a file that it wrote itself');
});

test('a change whose memory is not known any more is found by what the call asked for', () => {
  const record = protect(0, R | X, written);
  const { previous: _, ...args } = record.args ?? {};
  assert.equal(told({ ...record, args })[0]?.facts[0], 'it became PROT_READ|PROT_EXEC');
});

test('programs that make code by design are not found: known by their file', () => {
  assert.equal(told(map(R | W | X, writable, strange)).length, 1, 'a stranger');
  assert.deepEqual(told(map(R | W | X, writable, ranBy(process.execPath))), [], 'node');
  for (const path of ['/usr/bin/java', '/usr/bin/git', '/usr/bin/grep']) {
    if (existsSync(path)) assert.deepEqual(told(protect(R | W, R | X, written, ranBy(path))), [], path);
  }
});

test('a program of the system that makes no code by design is found', () => {
  for (const path of ['/bin/sh', '/bin/cat', '/usr/bin/perl']) {
    if (existsSync(path)) assert.equal(told(map(R | W | X, writable, ranBy(path))).length, 1, path);
  }
});

test(
  'Python has pages for callbacks, and is found with any other',
  { skip: !existsSync('/usr/bin/python3') && 'needs Python as an installed program' },
  () => {
    const python = ranBy('/usr/bin/python3');
    const callback = map(R | W | X, writable | anonymous, python);
    assert.deepEqual(told(callback), []);
    assert.equal(told({ ...callback, args: { ...callback.args, flags: 0x21 } }).length, 1, 'shared');
    assert.equal(told(protect(R | W, R | X, written, python)).length, 1, 'changed');
  },
);

test('a write into its own code through procfs is found, into its own data is not', () => {
  const write = (isData: number, isSelf = 1): RecordContent => ({
    event: 'mem_write',
    ...strange,
    args: { address: 0x1000, length: 8, is_self: isSelf, is_data: isData },
  });
  assert.equal(told(write(0))[0]?.sight, 'own-memory-file');
  assert.deepEqual(told(write(1), write(0, 0)), []);
});

test('a personality that makes all memory executable is found, asking for it is not', () => {
  const change = (persona: number): RecordContent => ({
    event: 'personality',
    ...strange,
    args: { persona },
  });
  assert.equal(told(change(0x0400000))[0]?.sight, 'executable-data');
  assert.deepEqual(told(change(0xffffffff), change(0x0040000)), []);
});
