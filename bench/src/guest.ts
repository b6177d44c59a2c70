/** What runs in the guest of `make bench-vm`: prints what it measured as JSON. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureEverything } from './measures/everything.js';
import { measureCountedTax } from './measures/tax.js';
import type { Measured } from './metric.js';

const calls = 1_000_000;
const statistics = '/proc/sys/kernel/bpf_stats_enabled';

async function measure(what: string | undefined): Promise<Measured> {
  if (what === 'everything') {
    return await measureEverything({
      isQuick: false,
      memorySeconds: 0,
      scratch: mkdtempSync(join(tmpdir(), 'bench-')),
      onProgress: (message) => process.stderr.write(`bench: ${message}\n`),
    });
  }
  const isCounted = what === 'instructions';
  if (!existsSync(statistics)) {
    throw new Error(`${statistics} is missing: this kernel counts no runs of programs`);
  }
  writeFileSync(statistics, isCounted ? '0' : '1');
  return await measureCountedTax(calls, isCounted ? 'instructions' : 'runs');
}

process.stdout.write(`${JSON.stringify(await measure(process.argv[2]))}\n`);
