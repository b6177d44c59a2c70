import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateNumbers } from './generate.js';

/* Writes the numbers of system calls into the catalogue. Fetches the newest kernel's headers where they lack. */

const path = fileURLToPath(
  new URL('../../../runtime/src/events/catalogue/syscalls/numbers.ts', import.meta.url),
);
writeFileSync(path, await generateNumbers(process.env));
process.stderr.write(`wrote ${path}\n`);
