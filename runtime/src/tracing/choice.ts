import type { Standing } from '../events/standing.js';
import type { EventDefinition } from '../events/types.js';
import type { EventSelection } from './kernel-config.js';
import type { PlannedEvent } from './plan.js';

/** What to trace, decided when it is known what the kernel serves. */
export interface SelectionChoice {
  /** All that may be selected. */
  readonly candidates: readonly EventDefinition[];
  /** Called anew when an attempt to attach has taught more; the last answer is what is traced. */
  readonly choose: (standingOf: (event: EventDefinition) => Standing) => readonly EventSelection[];
}

/** The same whatever the kernel serves. */
export function fixedChoice(selections: readonly EventSelection[]): SelectionChoice {
  return { candidates: selections.map(({ event }) => event), choose: () => selections };
}

/** Standings by a plan of the candidates. `silent` are events whose hooks are attached and do not fire. */
export function standingsIn(
  plan: readonly PlannedEvent[],
  silent: ReadonlySet<EventDefinition>,
): (event: EventDefinition) => Standing {
  const planned = new Map(plan.map((one) => [one.event, one]));
  return (event) => {
    const one = planned.get(event);
    if (one?.kind === undefined) return { is: 'unserved', reason: describePassedOver(one) };
    return silent.has(event)
      ? { is: 'silent', reason: `its ${one.kind} hook is attached, but not firing` }
      : { is: 'served' };
  };
}

function describePassedOver(planned: PlannedEvent | undefined): string {
  const reasons = planned?.passedOver.map(({ kind, reason }) => `${kind}: ${reason}`) ?? [];
  return reasons.join('; ') || 'nobody looked for it';
}
