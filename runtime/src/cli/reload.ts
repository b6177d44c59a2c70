import type { Engine } from '../detection/engine.js';
import type { KernelFilter } from '../detection/kernel-filter.js';
import type { EventDefinition } from '../events/types.js';
import { escapeText } from '../output/escape.js';
import { describeBlindness, describeHealth, say } from './report.js';
import type { RuleSet } from './rule-set.js';

/** What the kernel delivers since tracing began: events, and what it narrows each of them to. */
export type Armed = ReadonlyMap<EventDefinition, KernelFilter | undefined>;

/** Hooks stay as they are: the ways of new rules are chosen among what is delivered already. */
export function chooseArmed(engine: Engine, armed: Armed): void {
  engine.choose((event) =>
    armed.has(event)
      ? { is: 'served' }
      : { is: 'unserved', reason: 'nothing was attached for it; start tracee again' },
  );
}

/** Reads rules again, and tells what those that took over cannot see. */
export async function reload(set: RuleSet<Engine>, armed: Armed | undefined): Promise<void> {
  if (!(await set.reload()) || armed === undefined) return;
  for (const line of describeBlindness(set.engine.coverage)) say(escapeText(line));
  for (const event of findNarrowed(armed, set.engine.wanted)) {
    say(
      `the kernel narrows ${event.name} to what the rules before wanted; start tracee again for the others`,
    );
  }
}

/** Lets an engine end what it still has to do, and tells what its rules missed. */
export async function retire(engine: Engine): Promise<void> {
  await engine.finish();
  for (const line of describeHealth(engine.health)) say(escapeText(line));
}

/** Events of which the new rules want more than the kernel lets through. */
export function findNarrowed(armed: Armed, wanted: Armed): EventDefinition[] {
  return [...wanted]
    .filter(([event, filter]) => armed.has(event) && !covers(armed.get(event), filter))
    .map(([event]) => event);
}

function covers(armed: KernelFilter | undefined, wanted: KernelFilter | undefined): boolean {
  if (armed === undefined) return true;
  const { number, names } = armed;
  const isNumberCovered =
    number === undefined ||
    (wanted?.number?.argument === number.argument &&
      wanted.number.isBits === number.isBits &&
      wanted.number.values.every((value) => number.values.includes(value)));
  const areNamesCovered =
    names === undefined || wanted?.names?.every((name) => names.includes(name)) === true;
  return isNumberCovered && areNamesCovered;
}
