import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metric, ProfileLine, Unit } from './metric.js';

/** What is kept of a run, and committed. Nothing in it names the machine. */
export interface Results {
  readonly schema: 1;
  readonly version: string;
  /** Of the sources that were measured; `+` after it where they had changes. */
  readonly commit: string;
  readonly kind: string;
  readonly processors: number;
  /** Load average when it began: above 0, others were at work. */
  readonly load: number;
  readonly node: string;
  readonly metrics: readonly Metric[];
  readonly profile?: readonly ProfileLine[];
}

/** Worse than this much is a regression. */
const regressionRatio = 1.2;

/** Differences below these are noise, whatever their ratio. */
const noiseFloors: Partial<Record<Unit, number>> = {
  x: 0.1,
  ms: 5,
  µs: 100,
  ns: 25,
  '%': 1,
  MiB: 4,
  'MiB/min': 1,
  s: 0.2,
};

/** `6.18.44-custom`, `x64` -> `linux-6.18-x86_64`; `-vm` where a VM without KVM was measured. */
export function hostKind(release: string, arch: string, isVm: boolean): string {
  const series = /^\d+\.\d+/.exec(release)?.[0] ?? 'unknown';
  const machine = arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'aarch64' : arch;
  return `linux-${series}-${machine}${isVm ? '-vm' : ''}`;
}

export function resultsPath(directory: string, version: string, kind: string): string {
  return join(directory, version, `${kind}.json`);
}

/** The last results of this kind: the version's own from an earlier commit, else the next older version's. */
export function findEarlier(directory: string, version: string, kind: string): Results | undefined {
  const versions = existsSync(directory) ? readdirSync(directory) : [];
  const path = versions
    .filter((name) => compareVersions(name, version) <= 0)
    .toSorted((a, b) => compareVersions(b, a))
    .map((name) => resultsPath(directory, name, kind))
    .find(existsSync);
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as Results);
}

export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** How many times worse than before; undefined where it is not, or not by more than noise. */
export function worsening(metric: Metric, before: Metric | undefined): number | undefined {
  if (before === undefined || metric.better === 'neither') return undefined;
  const [good, bad] = metric.better === 'lower' ? [before.value, metric.value] : [metric.value, before.value];
  if (bad - good <= (noiseFloors[metric.unit] ?? 0)) return undefined;
  const ratio = good <= 0 ? Infinity : bad / good;
  return ratio > regressionRatio ? ratio : undefined;
}

/** `0.10.0` comes after `0.9.1`; what follows the numbers does not count. */
function compareVersions(a: string, b: string): number {
  const numbers = (text: string): number[] =>
    text
      .split(/[.-]/)
      .slice(0, 3)
      .map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
