import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RowVerdict } from './verdict.js';

/** What the rows came to on one kernel. */
export interface KernelResults {
  /** A row of the table of kernels, or `linux-6.18`: the machine's own. */
  readonly kernel: string;
  readonly release: string;
  readonly verdicts: readonly RowVerdict[];
}

const directory = fileURLToPath(new URL('../../../docs/events/', import.meta.url));

/** The results that are kept. */
export function readResults(): KernelResults[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as KernelResults);
}

/** Keeps them, a line for each row so that a change of one is a change of one line. */
export function writeResults({ verdicts, ...head }: KernelResults): void {
  const lines = verdicts.map((verdict) => `    ${JSON.stringify(verdict)}`).join(',\n');
  const text = `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "verdicts": [\n${lines}\n  ]\n}\n`;
  writeFileSync(join(directory, `${head.kernel}.json`), text);
}

/** What is not as the rows want it, a line each. */
export function shortcomings({ kernel, verdicts }: KernelResults): string[] {
  return verdicts
    .filter(({ outcome }) => outcome === 'missed' || outcome === 'wrong' || outcome === 'broken')
    .map(({ event, act, outcome, reason }) => `${kernel}: ${event}, ${act}: ${outcome}: ${reason}`);
}
