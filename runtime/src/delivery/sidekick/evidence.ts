import { wantsPayload, type Output } from '../integrations.js';
import type { Payload } from '../payload.js';
import type { Evidence } from './metrics.js';
import type { Instance } from './supervisor.js';

/** What each output has done since falcosidekick started, by its key. */
export type Tally = ReadonlyMap<string, Evidence>;

/** What became of the findings that were sent together, at one output. */
export interface OutputResult {
  readonly output: Output;
  readonly expected: number;
  readonly ok: number;
  readonly error: number;
}

/** From the counters, and from the log for outputs that are not counted. Throws NoAnswer. */
export async function takeTally({ child, endpoints, outputs }: Instance): Promise<Tally> {
  const counted = await endpoints.evidence();
  return new Map(
    outputs.map(({ key, name, destination }) => [
      key,
      destination === undefined ? child.logged(name) : (counted.get(destination) ?? { ok: 0, error: 0 }),
    ]),
  );
}

/** What changed since `before`, for outputs that wanted any of it. */
export function compareTally(
  outputs: readonly Output[],
  payloads: readonly Payload[],
  before: Tally,
  now: Tally,
): OutputResult[] {
  return outputs.flatMap((output) => {
    const expected = payloads.filter(({ priority }) => wantsPayload(output, priority)).length;
    if (expected === 0) return [];
    const [then, since] = [before.get(output.key), now.get(output.key)];
    const ok = (since?.ok ?? 0) - (then?.ok ?? 0);
    const error = (since?.error ?? 0) - (then?.error ?? 0);
    return [{ output, expected, ok, error }];
  });
}

/** Falcosidekick has said of each finding what became of it. */
export function isComplete(results: readonly OutputResult[]): boolean {
  return results.every(({ expected, ok, error }) => ok + error >= expected);
}
