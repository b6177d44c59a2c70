#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { findKernelRow } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { nameOfKind, noiseKinds, type SkippedKind } from './noise.js';
import { runNoiseOnKernel, runNoiseOnMachine } from './noise-run.js';
import type { RowVerdict } from './session.js';

const help = `Do ordinary work under all rules: none may find anything.

Usage: node ci/detection/dist/noise-cli.js [options] machine | <kernel>

  --minutes <n>      how long (1); each kind of work is done once at least
  --without <kinds>  leave out, apart by commas: ${noiseKinds.join(', ')}

Exit status: 0 no finding, 1 a finding, a kind that failed, or one that cannot be done here and was not left out.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h' },
  },
});
const [target, ...more] = positionals;
const without = values.without.split(',').filter((word) => word !== '');
const isUsable =
  target !== undefined &&
  more.length === 0 &&
  /^\d{1,4}$/.test(values.minutes) &&
  without.every((kind) => noiseKinds.includes(kind));

if (values.help === true || !isUsable) {
  process[values.help === true ? 'stdout' : 'stderr'].write(help);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  const words = ['--minutes', values.minutes, '--without', without.join(',')];
  if (target !== 'machine') findKernelRow(target);
  const { verdicts, skipped } =
    target === 'machine'
      ? await runNoiseOnMachine(words)
      : await runNoiseOnKernel(target, words, Number(values.minutes), readSettings(process.env));
  process.exitCode = report(verdicts, skipped);
}

function report(verdicts: readonly RowVerdict[], skipped: readonly SkippedKind[]): number {
  for (const kind of noiseKinds) {
    const rounds = verdicts.filter((verdict) => nameOfKind(verdict) === kind);
    const skip = skipped.find(({ name }) => name === kind);
    const quiet = rounds.filter(({ outcome }) => outcome === 'quiet').length;
    process.stdout.write(
      `${kind.padEnd(8)} ${skip === undefined ? `${quiet} of ${rounds.length} rounds without a finding` : `SKIPPED: ${skip.why}`}\n`,
    );
  }
  const wrong = verdicts.filter(({ outcome }) => outcome !== 'quiet');
  for (const { id, outcome, reason, by } of wrong) {
    process.stderr.write(
      `noise: FAILED ${id} is ${outcome}: ${[reason, ...by].filter((word) => word !== '').join('; ')}\n`,
    );
  }
  const unsaid = skipped.filter(({ name }) => !without.includes(name));
  for (const { name, why } of unsaid) {
    process.stderr.write(`noise: FAILED ${name} was not done: ${why} (--without ${name} leaves it out)\n`);
  }
  process.stdout.write(
    `${verdicts.length} rounds, ${wrong.length} with findings or failures, ${skipped.length} kinds skipped\n`,
  );
  return wrong.length + unsaid.length === 0 && verdicts.length > 0 ? 0 : 1;
}
