#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { VmError } from '../../vm/dist/errors.js';
import { findKernelRow, kernelTable } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { shortcomings, writeResults, type KernelResults } from './results.js';
import { readRowChoice } from './rows/index.js';
import { runOnKernel, runOnMachine, type RunOptions } from './run.js';

const help = `Cause each event with real programs, and look at what tracee says of it.

Usage: node ci/events/dist/cli.js [options] machine | <kernel>... | all

  --rows <events>  only the rows of these events, apart by commas; security_* for all that begin so
  --json           print the results as JSON

Results of whole runs are kept in docs/events; \`npm run generate\` makes a column of docs/events.md of them.

Exit status: 0 all is as the rows want it, 1 something is not (named on stderr), 2 bad usage, 130 interrupted.
`;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

try {
  process.exitCode = await main();
} catch (error) {
  if (abort.signal.aborted) process.exitCode = 130;
  else {
    process.stderr.write(`events: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof VmError || error instanceof RangeError ? 2 : 1;
  }
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (positionals.length === 0) throw new VmError('no kernel is named', help);
  const rows = values.rows ?? '';
  readRowChoice(rows);
  const kernels = positionals.flatMap((name) =>
    name === 'all' ? ['machine', ...kernelTable.map((row) => row.name)] : [name],
  );
  for (const name of kernels) if (name !== 'machine') findKernelRow(name);
  const options: RunOptions = {
    rows,
    settings: readSettings(process.env),
    onProgress: (message) => process.stderr.write(`events: ${message}\n`),
    signal: abort.signal,
  };
  const failures: string[] = [];
  for (const name of kernels) {
    const results = name === 'machine' ? await runOnMachine(options) : await runOnKernel(name, options);
    if (rows === '') writeResults(results);
    process.stdout.write(values.json === true ? `${JSON.stringify(results)}\n` : describe(results));
    failures.push(...shortcomings(results));
  }
  for (const failure of failures) process.stderr.write(`events: FAILED ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function readArguments(): { values: { rows?: string; json?: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { rows: { type: 'string' }, json: { type: 'boolean' } },
    });
  } catch (error) {
    throw new VmError(error instanceof Error ? error.message : String(error), help);
  }
}

/** A line for each row, and how many came to what. */
function describe({ kernel, verdicts }: KernelResults): string {
  const lines = verdicts.map(({ event, act, outcome, hook, reason }) =>
    [
      event.padEnd(26),
      outcome.padEnd(11),
      hook.padEnd(14),
      [act, reason].filter((word) => word !== '').join(': '),
    ].join(' '),
  );
  const outcomes = [...new Set(verdicts.map(({ outcome }) => outcome))];
  const counts = outcomes.map((one) => `${verdicts.filter(({ outcome }) => outcome === one).length} ${one}`);
  return `${lines.join('\n')}\n${kernel}: ${counts.join(', ')}\n`;
}
