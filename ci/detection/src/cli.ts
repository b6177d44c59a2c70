#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { shortcomings, tally } from '../../../runtime/dist/selftest/summary.js';
import { findKernelRow, kernelTable } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { VmError } from '../../vm/dist/errors.js';
import { readRowChoice } from './choice.js';
import { judgedOf, nameOf, writeResults, type KernelResults } from './results.js';
import { runOnKernel, runOnMachine, type RunOptions } from './run.js';

const help = `Try the rules with attacks and with ordinary programs.

Usage: node ci/detection/dist/cli.js [options] machine | <kernel>... | all

  --rows <words>   only these: ids, beginnings of ids, rules or classes, apart by commas
  --tracepoints    with raw and BTF tracepoints only
  --json           print the results as JSON

Results of whole runs are kept in docs/detection; \`make detection-table\` makes a document of them.

Exit status: 0 all is as promised, 1 something is not (named on stderr), 2 bad usage, 130 interrupted.
`;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

try {
  process.exitCode = await main();
} catch (error) {
  if (abort.signal.aborted) process.exitCode = 130;
  else {
    process.stderr.write(`detection: ${error instanceof Error ? error.message : String(error)}\n`);
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
    hooks: values.tracepoints === true ? 'tracepoints' : 'all',
    settings: readSettings(process.env),
    onProgress: (message) => process.stderr.write(`detection: ${message}\n`),
    signal: abort.signal,
  };
  const failures: string[] = [];
  for (const name of kernels) {
    const results = name === 'machine' ? await runOnMachine(options) : await runOnKernel(name, options);
    if (rows === '') writeResults(results);
    process.stdout.write(values.json === true ? `${JSON.stringify(results)}\n` : describe(results));
    failures.push(...shortcomings(judgedOf(results)).map((failure) => `${nameOf(results)}: ${failure}`));
  }
  for (const failure of failures) process.stderr.write(`detection: FAILED ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function readArguments(): {
  values: { rows?: string; tracepoints?: boolean; json?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { rows: { type: 'string' }, tracepoints: { type: 'boolean' }, json: { type: 'boolean' } },
    });
  } catch (error) {
    throw new VmError(error instanceof Error ? error.message : String(error), help);
  }
}

/** A line for each row, and the counts. */
function describe(results: KernelResults): string {
  const lines = results.verdicts.map(({ id, outcome, by, reason }) =>
    `${id.padEnd(28)} ${outcome.padEnd(10)} ${[reason, ...by].filter((word) => word !== '').join('; ')}`.trimEnd(),
  );
  const counts = (['plain', 'evasive', 'signal', 'benign'] as const).map((rowClass) => {
    const { right, possible, impossible } = tally(judgedOf(results), rowClass);
    return `${rowClass} ${right} of ${possible} (${impossible} impossible)`;
  });
  return `${lines.join('\n')}\n${nameOf(results)}: ${counts.join(', ')}\n`;
}
