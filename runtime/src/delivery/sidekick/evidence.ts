import { wantsPayload, type Output } from '../integrations.js';
import type { Payload } from '../payload.js';
import type { Evidence } from './metrics.js';
import type { Instance } from './supervisor.js';

/** What each output has done since falcosidekick started, by its key. */
export type Tally = ReadonlyMap<string, Evidence>;

/** What became of the findings that were sent together, at one output. */
export interface OutputResult {
  readonly output: Output;
  /** Findings that it wants. */
  readonly expected: number;
  readonly ok: number;
  readonly error: number;
  /** Whether falcosidekick has told of all of them: `likely` where its counters may still grow. */
  readonly told: 'not yet' | 'likely' | 'all';
}

const nothing: Evidence = { ok: 0, error: 0 };

/** From the counters, and from the log for outputs that are not counted. Throws NoAnswer. */
export async function takeTally({ child, endpoints, outputs }: Instance): Promise<Tally> {
  const counted = await endpoints.evidence();
  return new Map(
    outputs.map(({ key, name, tells }) => {
      if (tells.by === 'nothing') return [key, nothing];
      return [key, tells.by === 'log' ? child.logged(name) : (counted.get(tells.destination) ?? nothing)];
    }),
  );
}

/** What changed since `before`, for outputs that wanted any of it. One that tells nothing is done at once. */
export function compareTally(
  outputs: readonly Output[],
  payloads: readonly Payload[],
  before: Tally,
  now: Tally,
): OutputResult[] {
  return outputs.flatMap((output) => {
    const expected = payloads.filter(({ priority }) => wantsPayload(output, priority)).length;
    if (expected === 0) return [];
    const [then, since] = [before.get(output.key) ?? nothing, now.get(output.key) ?? nothing];
    const [ok, errors] = [since.ok - then.ok, since.error - then.error];
    const error = Math.min(expected, errors);
    const told = howMuch(output, expected, ok, errors);
    return [
      { output, expected, ok: Math.min(ok, isSteady(output) ? expected : expected - error), error, told },
    ];
  });
}

/** One count for each finding. */
function isSteady({ tells }: Output): boolean {
  return tells.by !== 'counter' || tells.counts === undefined;
}

/**
 * Kafka's library and falcosidekick both count a delivery, and Redis counts a failure as a success too. Versions
 * may differ in that: then the counters stop early, which is `likely` the end.
 */
function howMuch({ tells }: Output, expected: number, ok: number, error: number): OutputResult['told'] {
  if (tells.by === 'nothing') return 'all';
  if (tells.by === 'log') return ok + error >= expected ? 'all' : 'not yet';
  const isAll =
    tells.counts === 'failuresAsBoth'
      ? ok >= expected
      : ok + error >= expected * tells.copies * (tells.counts === 'twice' ? 2 : 1);
  if (isAll) return 'all';
  return tells.counts !== undefined && ok + error >= expected ? 'likely' : 'not yet';
}

/** Falcosidekick has said of each finding what became of it. */
export function isComplete(results: readonly OutputResult[]): boolean {
  return results.every(({ told }) => told === 'all');
}

/** The same, if those counters grow no more that might. */
export function isLikelyComplete(results: readonly OutputResult[]): boolean {
  return results.every(({ told }) => told !== 'not yet');
}
