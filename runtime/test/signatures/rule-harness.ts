import type { Match, Rule, RuleContext, RuleState, Way } from '../../src/detection/rule.js';
import type { TracedEvent } from '../../src/events/record.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

/** A match, and the id of the sight that made it. */
export interface Told extends Match {
  readonly sight: string;
}

export interface Observed {
  readonly told: readonly Told[];
  /** Runs the checks that wait, and those that they leave behind, whatever their delay. */
  readonly afterwards: () => readonly Told[];
}

/**
 * Shows records to every sight of a rule that wants them in any of its ways, whatever a kernel would serve.
 * State is one for all records; what waits is run on request.
 */
export function observe(rule: Rule, ...records: readonly RecordContent[]): Observed {
  const told: Told[] = [];
  let waiting: { readonly sight: string; readonly check: () => Match | undefined }[] = [];
  const states = new Map<string, Map<string, unknown>>();
  const note = (sight: string, match: Match | undefined): void => {
    if (match !== undefined) told.push({ ...match, sight });
  };
  const contextOf = (sight: string): RuleContext => ({
    state: <V>(name: string): RuleState<V> => {
      const entries = (states.get(name) ?? new Map<string, unknown>()) as Map<string, V>;
      states.set(name, entries);
      return {
        get: (key) => entries.get(key),
        set: (key, value) => void entries.set(key, value),
        delete: (key) => void entries.delete(key),
      };
    },
    later: (_delayMs, check) => void waiting.push({ sight, check }),
  });
  for (const record of records) {
    const event = recordedEvent(record);
    for (const { id, ways, detect } of rule.sights) {
      if (ways.some((way) => isWanted(way, event))) note(id, detect(event, contextOf(id)));
    }
  }
  return {
    told,
    afterwards: () => {
      for (let rounds = 0; waiting.length > 0 && rounds < 10; rounds++) {
        const ready = waiting;
        waiting = [];
        for (const { sight, check } of ready) note(sight, check());
      }
      return told;
    },
  };
}

function isWanted({ events }: Way, event: TracedEvent): boolean {
  const valueOf = (name: string): unknown =>
    event.arguments.find(({ definition }) => definition.name === name)?.value;
  return events.some(
    ({ event: name, where = {}, bits = {}, names }) =>
      name === event.definition.name &&
      Object.entries(where).every(([argument, values]) =>
        values.some((value) => value === valueOf(argument)),
      ) &&
      Object.entries(bits).every(([argument, mask]) => (Number(valueOf(argument)) & mask) !== 0) &&
      (names === undefined || names.includes(String(valueOf('pathname')).split('/').at(-1) ?? '')),
  );
}
