#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileStorms } from './compile-storms.js';
import { BenchError } from './error.js';
import { measureAccounting } from './measures/accounting.js';
import { measureLatency } from './measures/latency.js';
import { measureMemory } from './measures/memory.js';
import { measureRate } from './measures/rate.js';
import { measureStart } from './measures/start.js';
import { measureTax } from './measures/tax.js';
import type { Measured } from './metric.js';
import type { Effort } from './options.js';
import { resultsDirectory } from './paths.js';
import { findEarlier, hostKind, resultsPath, writeResults, type Results } from './results.js';
import { readCommit, readVersion } from './revision.js';
import { ship } from './ship.js';
import { formatProfile, formatTable } from './table.js';

const help = `Measures Tracee on this machine, each time beside a baseline.

Usage: node bench/dist/main.js [measure...] [--quick] [--json FILE] [--minutes N]

Measures (all of them where none is named):
  tax         what detection costs a program that does nothing of interest
  rate        the highest rates traced to a file without loss: of one event, and with every event traced
  latency     from an act to its finding
  start       start, stop, compile, store hit
  memory      idle and in a storm
  accounting  an overload, counted to the last event

Options:
  --quick       seconds instead of minutes: shows that everything runs, not how fast
  --json FILE   write the results there; without it those of a whole run go to
                bench/results/<version>/<kind>.json, to be committed
  --minutes N   length of the storm whose memory is watched (1)

Needs root. Everything that is traced is a storm of the bench's own, in its own process tree.
`;

const measures: Readonly<Record<string, (effort: Effort) => Promise<Measured>>> = {
  tax: measureTax,
  rate: measureRate,
  latency: measureLatency,
  start: measureStart,
  memory: measureMemory,
  accounting: measureAccounting,
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isBug = !(error instanceof BenchError) && !isUsageError(error);
  process.stderr.write(`bench: ${isBug && error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
}

async function main(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const chosen = positionals.length === 0 ? Object.keys(measures) : positionals;
  const unknown = chosen.find((name) => measures[name] === undefined);
  if (unknown !== undefined) {
    throw new BenchError(`there is no measure "${unknown}"; there are ${Object.keys(measures).join(', ')}`);
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new BenchError(`--minutes "${values.minutes}" is no number above 0`);

  const load = loadavg()[0] ?? 0;
  if (load > availableParallelism() / 4) {
    process.stderr.write(
      `bench: others are at work here (load ${load.toFixed(1)} on ${availableParallelism()} processors): rates and times will suffer\n`,
    );
  }
  const version = readVersion();
  const kind = hostKind(release(), process.arch, false);
  const before = findEarlier(resultsDirectory, version, kind);
  const measured = await measureAll(chosen, values.quick, minutes);
  const profile = measured.flatMap((one) => one.profile ?? []);
  const results: Results = {
    schema: 1,
    version,
    commit: readCommit(),
    kind,
    processors: availableParallelism(),
    load: Math.round(load * 10) / 10,
    node: process.versions.node,
    metrics: measured.flatMap(({ metrics }) => metrics),
    ...(profile.length === 0 ? {} : { profile }),
  };
  process.stdout.write(`\n${formatTable(results.metrics, before?.metrics ?? [])}\n`);
  if (profile.length > 0) {
    process.stdout.write(`\nWhere the runtime's time went in the storm:\n${formatProfile(profile)}\n`);
  }
  /* A part of the measures, or a hasty look, must not stand in for a whole run in the repository. */
  const isWhole = positionals.length === 0 && !values.quick;
  const path = values.json ?? (isWhole ? resultsPath(resultsDirectory, version, kind) : undefined);
  if (path !== undefined) writeResults(path, results);
}

async function measureAll(chosen: readonly string[], isQuick: boolean, minutes: number): Promise<Measured[]> {
  compileStorms();
  await ship();
  const scratch = mkdtempSync(join(tmpdir(), 'tracee-bench-'));
  const effort: Effort = {
    isQuick,
    memorySeconds: isQuick ? 3 : Math.round(minutes * 60),
    scratch,
    onProgress: (message) => process.stderr.write(`bench: ${message}\n`),
  };
  try {
    const all: Measured[] = [];
    for (const name of chosen) all.push((await measures[name]?.(effort)) ?? { metrics: [] });
    return all;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
