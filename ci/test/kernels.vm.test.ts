import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatTable } from '../matrix/dist/results.js';
import { runMatrix } from '../matrix/dist/run.js';
import { kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';

/* The matrix as tests: a part of it, or all of it for the kernels that KERNELS names (`debian-5.10 debian-6.1`, `all`). */

const wanted = process.env['KERNELS'] ?? 'debian-5.10 debian-6.1 debian-7.2';
const kernels = wanted === 'all' ? kernelTable.map(({ name }) => name) : wanted.split(' ');
const reportFile = fileURLToPath(new URL('../../dist/kernels.json', import.meta.url));

test(`the tests hold on ${kernels.join(', ')}`, async (context) => {
  const results = await runMatrix({
    settings: readSettings(process.env),
    kernels,
    isSuite: process.env['KERNELS'] === undefined,
    onProgress: (message) => context.diagnostic(message),
  });
  await mkdir(dirname(reportFile), { recursive: true });
  await writeFile(reportFile, `${JSON.stringify(results, undefined, 2)}\n`);
  for (const line of formatTable(results).split('\n')) context.diagnostic(line);
  for (const { kernel, variant, test: name, outcome, seconds, message } of results) {
    await context.test(`${kernel}, ${variant}: ${name}`, (row) => {
      row.diagnostic(
        `${seconds.toFixed(1)} s${outcome === 'not possible' ? `, not possible: ${message}` : ''}`,
      );
      assert.notEqual(outcome, 'failed', message);
    });
  }
});
