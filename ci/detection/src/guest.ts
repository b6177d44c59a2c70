#!/usr/bin/env node
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { readRowChoice } from './choice.js';
import { runSession, tellEverything, tellOnce, type RowVerdict } from './session.js';

/**
 * Performs the rows where it is started, and writes a line of JSON for each, `{"id":"sock-dup2","outcome":"seen",…}`,
 * and one for the end: `{"release":"6.1.0"}`. On the machine `own-etc.sh` starts it, in a virtual machine init does.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    hooks: { type: 'string' },
    vm: { type: 'boolean', default: false },
  },
});
const chosen = readRowChoice(values.rows);
const hooks = values.hooks === undefined ? [] : ['--hooks', values.hooks];
const isVm = values.vm;
/* An emulated processor is twenty times slower. */
const limitMs = isVm ? 120_000 : 20_000;
const often = chosen.filter(({ isOnce }) => !isOnce);
const once = chosen.filter(({ isOnce }) => isOnce);

const tell = (verdicts: readonly RowVerdict[]): void => {
  for (const verdict of verdicts) process.stdout.write(`${JSON.stringify(verdict)}\n`);
};
if (often.length > 0)
  tell(await runSession(often, { traceeArguments: [...hooks, ...tellEverything()], isVm, limitMs }));
if (once.length > 0)
  tell(await runSession(once, { traceeArguments: [...hooks, ...tellOnce()], isVm, limitMs }));
process.stdout.write(`${JSON.stringify({ release: release() })}\n`);
