import { findEvent } from '../events/catalogue/index.js';
import type { EventDefinition } from '../events/types.js';
import type { Standing } from '../events/standing.js';
import type { Rule, Sight, Way } from './rule.js';

/** How one sight of a rule sees on this kernel. */
export interface SightCoverage {
  readonly rule: Rule;
  readonly sight: Sight;
  /** Missing where this kernel serves none of its ways. */
  readonly way: Way | undefined;
  /** Why it may see nothing although its way is taken: a hook of it is attached, and not firing. */
  readonly doubt?: string;
  /** Better ways and why they were not taken; all of them where none could be. */
  readonly passedOver: readonly { readonly way: Way; readonly reason: string }[];
}

/**
 * The first way whose events are all served; where there is none, the first that is served by hooks of which
 * some stay silent.
 */
export function chooseWay(
  rule: Rule,
  sight: Sight,
  standingOf: (event: EventDefinition) => Standing,
): SightCoverage {
  const judged = sight.ways.map((way) => ({ way, ...judge(way, standingOf) }));
  const passed = (end: number): SightCoverage['passedOver'] =>
    judged.slice(0, end).map(({ way, reason }) => ({ way, reason }));
  const served = judged.findIndex(({ is }) => is === 'served');
  if (served >= 0) return { rule, sight, way: sight.ways[served], passedOver: passed(served) };
  const silent = judged.findIndex(({ is }) => is === 'silent');
  const doubt = judged[silent]?.reason;
  if (doubt === undefined) return { rule, sight, way: undefined, passedOver: passed(judged.length) };
  return { rule, sight, way: sight.ways[silent], doubt, passedOver: passed(silent) };
}

/** The worst of its events decides. */
function judge(
  way: Way,
  standingOf: (event: EventDefinition) => Standing,
): { is: Standing['is']; reason: string } {
  const standings = way.events.flatMap(({ event: name }) => {
    const event = findEvent(name);
    return event === undefined ? [] : [{ name, standing: standingOf(event) }];
  });
  for (const is of ['unserved', 'silent'] as const) {
    for (const { name, standing } of standings) {
      if (standing.is === is) return { is, reason: `${name}: ${standing.reason}` };
    }
  }
  return { is: 'served', reason: '' };
}
