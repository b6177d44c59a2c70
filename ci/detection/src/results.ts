import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rows } from './rows/index.js';
import type { RowClass } from './rows/row.js';
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

/** How many rows of a class were found, of those that were possible. */
export interface Tally {
  readonly right: number;
  readonly possible: number;
  readonly impossible: number;
}

/** Counts the rows of one class; benign ones are right when they are quiet. */
export function tally({ verdicts }: Pick<KernelResults, 'verdicts'>, rowClass: RowClass): Tally {
  const ids = new Set(rows.filter((row) => row.class === rowClass).map(({ id }) => id));
  const own = verdicts.filter(({ id }) => ids.has(id));
  const impossible = own.filter(({ outcome }) => outcome === 'impossible').length;
  const right = own.filter(({ outcome }) => outcome === 'seen' || outcome === 'quiet').length;
  return { right, possible: own.length - impossible, impossible };
}

/** The share of evasive rows that must be seen. */
const evasiveShare = 0.95;

/** What does not hold, a sentence each: what was promised is that none is left. */
export function shortcomings(results: KernelResults): string[] {
  const name = nameOf(results);
  const classOf = new Map(rows.map((row) => [row.id, row.class]));
  const named = results.verdicts.flatMap(({ id, outcome, by, reason }) => {
    const isMissed = outcome === 'missed' && classOf.get(id) === 'plain';
    if (!isMissed && !['broken', 'false', 'repeated'].includes(outcome)) return [];
    const why = [reason, ...by].filter((word) => word !== '').join('; ');
    return [`${name}: ${id} (${classOf.get(id) ?? 'unknown'}) is ${outcome}${why && `: ${why}`}`];
  });
  const { right, possible } = tally(results, 'evasive');
  const missed = results.verdicts.filter(({ id, outcome }) => outcome === 'missed' && classOf.get(id) === 'evasive');
  return right >= possible * evasiveShare
    ? named
    : [...named, `${name}: ${right} of ${possible} evasive rows are seen, not ${missed.map(({ id }) => id).join(', ')}`];
}
