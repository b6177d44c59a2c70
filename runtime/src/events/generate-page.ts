#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderPage } from './page.js';

/** Writes `docs/events.md` from the catalogue. */
writeFileSync(fileURLToPath(new URL('../../../docs/events.md', import.meta.url)), renderPage());
