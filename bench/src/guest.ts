/** What runs in the guest of `make bench-vm`: prints what it measured as JSON. */
import { existsSync, writeFileSync } from 'node:fs';
import { measureCountedTax } from './measures/tax.js';

const isCounted = process.argv[2] === 'instructions';
const calls = 1_000_000;

const statistics = '/proc/sys/kernel/bpf_stats_enabled';
if (!existsSync(statistics))
  throw new Error(`${statistics} is missing: this kernel counts no runs of programs`);
writeFileSync(statistics, isCounted ? '0' : '1');
process.stdout.write(
  `${JSON.stringify(await measureCountedTax(calls, isCounted ? 'instructions' : 'runs'))}\n`,
);
