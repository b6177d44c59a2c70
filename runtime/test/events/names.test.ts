import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeValue, namesIn, numbersNamed, parseName } from '../../src/events/names.js';
import type { ArgumentValue } from '../../src/events/record.js';
import type { ArgumentType } from '../../src/events/argument-types.js';
import type { Vocabulary } from '../../src/events/types.js';

function describe(value: ArgumentValue, vocabulary?: Vocabulary, type: ArgumentType = 'int'): ArgumentValue {
  const definition = { name: 'sample', type, ...(vocabulary === undefined ? {} : { vocabulary }) };
  return describeValue({ definition, value }, { isCompat: false, arguments: [] });
}

test('ptrace requests have their names, and others stay numbers', () => {
  assert.equal(describe(0, 'ptraceRequest'), 'PTRACE_TRACEME');
  assert.equal(describe(16, 'ptraceRequest'), 'PTRACE_ATTACH');
  assert.equal(describe(0x4206, 'ptraceRequest'), 'PTRACE_SEIZE');
  assert.equal(describe(0x420f, 'ptraceRequest'), 'PTRACE_GET_RSEQ_CONFIGURATION');
  assert.equal(describe(4711, 'ptraceRequest'), '4711');
  assert.equal(describe(-1, 'ptraceRequest'), '-1');
});

test('open flags are an access mode and the flags after it', () => {
  assert.equal(describe(0, 'openFlags'), 'O_RDONLY');
  assert.equal(describe(1, 'openFlags'), 'O_WRONLY');
  assert.equal(describe(2, 'openFlags'), 'O_RDWR');
  assert.equal(describe(3, 'openFlags'), 'O_ACCMODE');
  assert.equal(describe(0o100000, 'openFlags'), 'O_RDONLY|O_LARGEFILE');
  assert.equal(describe(0o1101, 'openFlags'), 'O_WRONLY|O_CREAT|O_TRUNC');
  assert.equal(describe(0o2000002, 'openFlags'), 'O_RDWR|O_CLOEXEC');
});

test('flags that hold other flags are named once', () => {
  assert.equal(describe(0o20200002, 'openFlags'), 'O_RDWR|O_TMPFILE');
  assert.equal(describe(0o200000, 'openFlags'), 'O_RDONLY|O_DIRECTORY');
  assert.equal(describe(0o4010000, 'openFlags'), 'O_RDONLY|O_SYNC');
  assert.equal(describe(0o10000, 'openFlags'), 'O_RDONLY|O_DSYNC');
});

test('bits without a name are shown as one hexadecimal number', () => {
  assert.equal(describe(0x40000000, 'openFlags'), 'O_RDONLY|0x40000000');
  assert.equal(describe(-0x80000000, 'openFlags'), 'O_RDONLY|0x80000000');
  assert.equal(describe(0x100 | 0x2, 'execveatFlags'), 'AT_SYMLINK_NOFOLLOW|0x2');
});

test('execveat flags are named', () => {
  assert.equal(describe(0, 'execveatFlags'), '0');
  assert.equal(describe(0x1100, 'execveatFlags'), 'AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH');
});

test('a value without a vocabulary, or too large for one, stays what it is', () => {
  assert.equal(describe(0), 0);
  assert.equal(describe('/bin/ls', undefined, 'const char*'), '/bin/ls');
  assert.deepEqual(describe(['ls'], undefined, 'const char*const*'), ['ls']);
  assert.equal(describe(2n ** 60n, 'ptraceRequest', 'long'), 2n ** 60n);
});

const nothing = { isCompat: false, arguments: [] };

test('a name means the number that it was told for, flags together too, and other text means none', () => {
  for (const vocabulary of ['ptraceRequest', 'openFlags', 'protection', 'storage', 'mappingFacts'] as const) {
    for (const [name, value] of namesIn(vocabulary)) {
      assert.equal(parseName(vocabulary, name, nothing), value, name);
    }
  }
  assert.equal(parseName('openFlags', 'O_WRONLY|O_CREAT|0x40000000', nothing), 0x40000041);
  assert.equal(parseName('openFlags', 'O_RDONLY|0x80000000', nothing), 0x80000000);
  assert.equal(parseName('protection', 'PROT_NONE', nothing), 0);
  assert.equal(parseName('ptraceRequest', '-1', nothing), -1);
  for (const text of ['', 'PROT_', 'PROT_READ|', '4294967296', '1e3', '0X1']) {
    assert.equal(parseName('protection', text, nothing), undefined, text);
    assert.deepEqual(numbersNamed('protection', text), [], text);
  }
});

test('a value of more than 32 bits stays a number, since names would lose some of it', () => {
  assert.equal(describe(0x1_0000_0001, 'protection', 'unsigned long'), 0x1_0000_0001);
});
