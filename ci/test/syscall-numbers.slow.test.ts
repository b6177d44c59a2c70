import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateNumbers, generateValues } from '../catalogue/dist/generate.js';
import { root } from './repository.js';

test('numbers and functions of system calls are those of the newest kernel, for both architectures', async () => {
  const path = join(root, 'runtime/src/events/catalogue/syscalls/numbers.ts');
  assert.equal(readFileSync(path, 'utf8'), await generateNumbers(process.env));
});

test("what names of values stand for is what the compiler says of the newest kernel's headers", async () => {
  const path = join(root, 'runtime/src/events/vocabulary/constants.ts');
  assert.equal(readFileSync(path, 'utf8'), await generateValues(process.env));
});
