import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateNumbers, generateValues } from './generate.js';

/*
 * Writes what the catalogue takes from the newest kernel's headers, which are fetched where they lack: `numbers` of
 * system calls, or the `values` that names stand for.
 */

const outputs = {
  numbers: { path: 'catalogue/syscalls/numbers.ts', generate: generateNumbers },
  values: { path: 'vocabulary/constants.ts', generate: generateValues },
};

const wanted = process.argv[2] === 'values' ? outputs.values : outputs.numbers;
const path = fileURLToPath(new URL(`../../../runtime/src/events/${wanted.path}`, import.meta.url));
writeFileSync(path, await wanted.generate(process.env));
process.stderr.write(`wrote ${path}\n`);
