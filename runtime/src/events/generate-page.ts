#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderPage } from './page.js';
import { readSeen } from './seen.js';

/** Writes `docs/events.md` from the catalogue, and from what tests saw. */
const inDocs = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
writeFileSync(inDocs('events.md'), renderPage(readSeen(inDocs('events'))));
