#!/usr/bin/env node
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { VmError } from '../../vm/dist/errors.js';
import { findKernelRow, kernelTable } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { formatTable, nameFailures } from './results.js';
import { runMatrix } from './run.js';
import { variantTable } from './variants.js';

const help = `Run the end-to-end tests on Debian kernels, with every kind of object.

Usage: node ci/matrix/dist/cli.js [options] <kernel>... | all

  --object <name>  only with this kind of object (repeat): ${variantTable.map(({ name }) => name).join('; ')}
  --json <file>    write the results as JSON too
  --jobs <count>   kernels at a time (as many as there are processors)

Exit status: 0 all is well, 1 something failed (named on stderr), 2 bad usage, 130 interrupted.
`;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

try {
  process.exitCode = await main();
} catch (error) {
  if (!abort.signal.aborted && !(error instanceof VmError)) throw error;
  if (error instanceof VmError) process.stderr.write(`matrix: ${error.message}\n    ${error.hint ?? ''}\n`);
  process.exitCode = abort.signal.aborted ? 130 : 2;
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (positionals.length === 0) throw new VmError('no kernel is named', 'node ci/matrix/dist/cli.js all');
  const kernels = positionals.includes('all')
    ? kernelTable.map(({ name }) => name)
    : positionals.map((name) => findKernelRow(name).name);
  const results = await runMatrix({
    settings: readSettings(process.env),
    kernels,
    ...(values.object !== undefined && { variants: values.object.map(findVariant) }),
    ...(values.jobs !== undefined && { jobs: readCount(values.jobs) }),
    signal: abort.signal,
    onProgress: (message) => process.stderr.write(`matrix: ${message}\n`),
  });
  process.stdout.write(`${formatTable(results)}\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
  const failures = nameFailures(results);
  for (const failure of failures) process.stderr.write(`matrix: FAILED ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function readArguments(): {
  values: { json?: string; jobs?: string; object?: string[] };
  positionals: string[];
} {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        jobs: { type: 'string' },
        object: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new VmError(error instanceof Error ? error.message : String(error), help);
  }
}

function findVariant(name: string): string {
  if (variantTable.some((variant) => variant.name === name)) return name;
  throw new VmError(`no kind of object is called "${name}"`, help);
}

function readCount(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new VmError(`--jobs "${text}" is not a number from 1 to 99`);
  return Number(text);
}
