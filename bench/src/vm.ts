#!/usr/bin/env node
import { availableParallelism, loadavg } from 'node:os';
import { runInVm } from '../../ci/vm/dist/run.js';
import { readSettings } from '../../ci/vm/dist/settings.js';
import { compileStorms } from './compile-storms.js';
import { BenchError } from './error.js';
import type { Measured } from './metric.js';
import { resultsDirectory, root } from './paths.js';
import { findEarlier, hostKind, resultsPath, writeResults, type Results } from './results.js';
import { readCommit, readVersion } from './revision.js';
import { ship } from './ship.js';
import { formatTable } from './table.js';

/** What runs in the guest, at the same places below /tracee as in the repository. */
const parts = [
  ...[
    'runtime/dist',
    'runtime/package.json',
    'runtime/portable',
    'bench/dist',
    'bench/storms',
    'package.json',
  ],
  ...['koffi', '@koromix', 'tracee'].map((name) => `node_modules/${name}`),
];

/** Boot, two starts of Node or more and the storms, all emulated; with every event traced 200 programs are verified. */
const timeoutMs = 2_400_000;

const [kernel = 'debian-6.1', jsonFile] = process.argv.slice(2);
compileStorms();
await ship();
const runs = await runInGuest(kernel, 'runs');
const instructions = await runInGuest(kernel, 'instructions');
const everything = await runInGuest(kernel, 'everything');
const version = readVersion();
const kind = hostKind(runs.release, process.arch, true);
const before = findEarlier(resultsDirectory, version, kind);
const results: Results = {
  schema: 1,
  version,
  commit: readCommit(),
  kind,
  processors: availableParallelism(),
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  node: process.versions.node,
  metrics: [runs, instructions, everything].flatMap(({ measured }) => measured.metrics),
};
process.stdout.write(`\n${formatTable(results.metrics, before?.metrics ?? [])}\n`);
writeResults(jsonFile ?? resultsPath(resultsDirectory, version, kind), results);

async function runInGuest(
  name: string,
  what: 'runs' | 'instructions' | 'everything',
): Promise<{ release: string; measured: Measured }> {
  process.stderr.write(`bench: ${what} in a VM with ${name}\n`);
  const outcome = await runInVm({
    settings: readSettings(process.env),
    kernel: name,
    files: parts.map((part) => ({ from: `${root}${part}`, to: `/tracee/${part}` })),
    command: ['/usr/bin/node', '/tracee/bench/dist/guest.js', what],
    countsInstructions: what === 'instructions',
    timeoutMs,
    onOutput: (chunk, stream) => {
      if (stream === 'stderr') process.stderr.write(chunk);
    },
    onProgress: (message) => process.stderr.write(`bench: ${message}\n`),
  });
  if (outcome.exitStatus !== 0) {
    throw new BenchError(`the guest ended with ${outcome.exitStatus}:\n${outcome.stderr}`);
  }
  process.stderr.write(`bench: the VM took ${outcome.seconds.toFixed(0)} s\n`);
  return { release: outcome.kernelRelease, measured: JSON.parse(outcome.stdout) as Measured };
}
