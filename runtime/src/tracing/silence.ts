import type { Architecture } from '../artifact/manifest.js';
import type { EventDefinition } from '../events/types.js';
import type { Obstacles } from './obstacles.js';
import { attachmentsOf, makePlan, type PlannedEvent } from './plan.js';

/**
 * Has the next plan avoid hooks that are attached and do not fire, where another hook serves their event. Returns
 * the events that have no other, whose hooks are taken after all.
 */
export function avoidSilence(
  found: readonly PlannedEvent[],
  arch: Architecture,
  obstacles: Obstacles,
): readonly EventDefinition[] {
  /* Hooks of carriers serve others too. */
  const blamed = found.filter(({ carriers }) => carriers === undefined);
  for (const attachment of attachmentsOf(blamed)) obstacles.learnFromSilence(attachment);
  const next = makePlan(
    found.map(({ event }) => event),
    arch,
    obstacles.find,
  );
  const isHopeless = ({ event, carriers }: PlannedEvent): boolean =>
    carriers !== undefined || next.every((one) => one.event !== event || one.kind === undefined);
  const hopeless = found.filter(isHopeless);
  for (const attachment of attachmentsOf(hopeless)) obstacles.acceptSilence(attachment);
  return hopeless.map(({ event }) => event);
}
