#!/usr/bin/env node
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { readRowChoice } from './rows/index.js';
import { runSession } from './session.js';

/** Performs rows where it is started, and writes a line of JSON for each, then `{"release":"6.1.0"}`. */
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '' }, vm: { type: 'boolean', default: false } },
});
const isVm = values.vm;
/* An emulated processor is twenty times slower. */
const verdicts = await runSession(readRowChoice(values.rows), { isVm, limitMs: isVm ? 120_000 : 20_000 });
for (const verdict of verdicts) process.stdout.write(`${JSON.stringify(verdict)}\n`);
process.stdout.write(`${JSON.stringify({ release: release() })}\n`);
