#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatDocument } from './document.js';
import { readResults } from './results.js';

/** Writes docs/detection.md; its text is made of results alone. */
writeFileSync(
  fileURLToPath(new URL('../../../docs/detection.md', import.meta.url)),
  formatDocument(readResults()),
);
