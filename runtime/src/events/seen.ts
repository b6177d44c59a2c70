import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By event, the series of the kernels on which tests saw it, in order: `5.10`, `6.1`. */
export type SeenOn = ReadonlyMap<string, readonly string[]>;

/** The files of `docs/events`, which `make test-events` writes. */
interface KernelResults {
  /** `debian-6.1`, `linux-6.18` */
  readonly kernel: string;
  readonly verdicts: readonly { readonly event: string; readonly outcome: string }[];
}

/** Reads what `make test-events` kept. */
export function readSeen(directory: string): SeenOn {
  const results = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as KernelResults)
    .map(({ kernel, verdicts }) => ({ series: kernel.replace(/^.*-/, ''), verdicts }))
    .sort((one, other) => one.series.localeCompare(other.series, 'en', { numeric: true }));
  const seen = new Map<string, string[]>();
  for (const { series, verdicts } of results) {
    const events = new Set(verdicts.flatMap(({ event, outcome }) => (outcome === 'seen' ? [event] : [])));
    for (const event of events) seen.set(event, [...(seen.get(event) ?? []), series]);
  }
  return seen;
}
