import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prerequisites } from '../../src/compile/make-rule.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';

test('continued lines are one rule', () => {
  assert.deepEqual(prerequisites('tracee.bc: a.c \\\n  b.h \\\n  c.h\n'), ['a.c', 'b.h', 'c.h']);
});

test('a target without anything on its right depends on nothing', () => {
  assert.deepEqual(prerequisites('tracee.bc:\n'), []);
  assert.deepEqual(prerequisites(''), []);
});

test('names that clang escapes are read back as they are', (context) => {
  const names = ['plain.h', 'my own.h', 'number#1.h', 'money$.h'];
  const directory = join(createDirectory(context), 'with blank');
  writeFiles(directory, {
    'main.c': names.map((name) => `#include "${name}"\n`).join(''),
    ...Object.fromEntries(names.map((name) => [name, ''])),
  });
  const [main, rule] = [join(directory, 'main.c'), join(directory, 'main.d')];
  const { status } = spawnSync('clang', ['-M', '-MF', rule, main]);
  assert.equal(status, 0);
  assert.deepEqual(
    prerequisites(readFileSync(rule, 'utf8')),
    ['main.c', ...names].map((name) => join(directory, name)),
  );
});
