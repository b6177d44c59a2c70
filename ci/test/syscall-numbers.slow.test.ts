import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateNumbers } from '../catalogue/dist/generate.js';
import { root } from './repository.js';

test('numbers and functions of system calls are those of the newest kernel, for both architectures', async () => {
  const path = join(root, 'runtime/src/events/catalogue/syscalls/numbers.ts');
  assert.equal(readFileSync(path, 'utf8'), await generateNumbers(process.env));
});
