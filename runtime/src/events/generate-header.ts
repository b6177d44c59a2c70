#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderHeader } from './header.js';

/**
 * Writes `bpf/generated/events.h` from the catalogue. With `--check` it writes nothing and ends with 1 where
 * the file differs from the catalogue.
 */
const path = fileURLToPath(new URL('../../../bpf/generated/events.h', import.meta.url));
const wanted = renderHeader();
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== wanted) {
    process.stderr.write(`${path} differs from the catalogue: run \`npm run generate\`\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, wanted);
}
