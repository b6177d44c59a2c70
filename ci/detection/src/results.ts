import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Judged } from '../../../runtime/dist/selftest/summary.js';
import { rows } from './rows/index.js';
import type { RowVerdict } from './session.js';

/** Which hooks a run may use: all that the kernel has, or what every kernel with BTF has. */
export type HookChoice = 'all' | 'tracepoints';

/** What the rows came to on one kernel. */
export interface KernelResults {
  /** A row of the table of kernels, or `linux-6.18`: the machine's own. */
  readonly kernel: string;
  readonly release: string;
  readonly hooks: HookChoice;
  readonly verdicts: readonly RowVerdict[];
}

const directory = fileURLToPath(new URL('../../../docs/detection/', import.meta.url));

/** `debian-6.1`, `debian-6.1-tracepoints`: how a run is called in tables and files. */
export function nameOf({ kernel, hooks }: Pick<KernelResults, 'kernel' | 'hooks'>): string {
  return hooks === 'all' ? kernel : `${kernel}-${hooks}`;
}

/** The results that are kept, in the order of the kernels' versions. */
export function readResults(): KernelResults[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as KernelResults)
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other), 'en', { numeric: true }));
}

/** Keeps them, a line for each row so that a change of one is a change of one line. */
export function writeResults(results: KernelResults): void {
  const { verdicts, ...head } = results;
  const lines = verdicts.map((verdict) => `    ${JSON.stringify(verdict)}`).join(',\n');
  const text = `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "verdicts": [\n${lines}\n  ]\n}\n`;
  writeFileSync(join(directory, `${nameOf(results)}.json`), text);
}

/** Verdicts with the class of their rows, as they are counted. */
export function judgedOf({ verdicts }: Pick<KernelResults, 'verdicts'>): Judged[] {
  return verdicts.flatMap((verdict) => {
    const row = rows.find(({ id }) => id === verdict.id);
    return row === undefined ? [] : [{ id: row.id, class: row.class, verdict }];
  });
}
