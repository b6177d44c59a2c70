import { TraceeError } from '../errors.js';
import { catalogue, eventsOfSet, findEvent, setNames } from '../events/catalogue/index.js';
import type { EventDefinition } from '../events/types.js';
import { nearest } from '../text/nearest.js';
import { everything, type Scope } from './scope.js';

/** What `--trace` expressions ask for. */
export interface Selection {
  readonly events: readonly EventDefinition[];
  readonly scope: Scope;
}

const help = 'expressions are event=NAME[,NAME], set=NAME[,NAME], pid=N[,N], tree=N[,N]';

/**
 * Parses `--trace` expressions: `event=`, `set=` choose events (without any: the set `default`), `pid=` and
 * `tree=` choose processes (without any: all). Throws INVALID_FILTER or UNKNOWN_EVENT.
 */
export function parseSelection(expressions: readonly string[]): Selection {
  const parsed = expressions.map(parseExpression);
  const of = (name: string): string[] => parsed.flatMap((one) => (one.name === name ? one.values : []));
  const chosen = [...of('event').map(requireEvent), ...of('set').flatMap(requireSet)];
  return {
    events: chosen.length === 0 ? eventsOfSet('default') : [...new Set(chosen)],
    scope: makeScope(of('pid').map(parsePid), of('tree').map(parsePid)),
  };
}

/** Parses `event=` and `set=` alone. */
export function parseRecorded(expressions: readonly string[]): readonly EventDefinition[] {
  const other = expressions.find((text) => !/^(?:event|set)=/.test(text));
  if (other !== undefined) {
    throw new TraceeError('INVALID_FILTER', `"${other}" names no events`, {
      hint: 'events are named by event=NAME[,NAME] or set=NAME[,NAME]; --scope chooses processes',
    });
  }
  return parseSelection(expressions).events;
}

/** Parses `pid=N` and `tree=N` alone. */
export function parseScope(expressions: readonly string[]): Scope {
  const other = expressions.find((text) => !/^(?:pid|tree)=/.test(text));
  if (other !== undefined) {
    throw new TraceeError('INVALID_FILTER', `"${other}" is no scope`, {
      hint: 'a scope is pid=N[,N] or tree=N[,N]',
    });
  }
  return parseSelection(expressions).scope;
}

function parseExpression(text: string): { name: string; values: string[] } {
  const match = /^(?<name>event|set|pid|tree)=(?<values>.+)$/s.exec(text);
  const name = match?.groups?.['name'];
  const values = match?.groups?.['values']?.split(',') ?? [];
  if (name === undefined || values.includes('')) {
    throw new TraceeError('INVALID_FILTER', `"${text}" is no trace expression`, { hint: help });
  }
  return { name, values };
}

function requireEvent(name: string): EventDefinition {
  const event = findEvent(name);
  if (event !== undefined) return event;
  throw unknown(
    'event',
    name,
    catalogue.map((one) => one.name),
  );
}

function requireSet(name: string): readonly EventDefinition[] {
  const events = eventsOfSet(name);
  if (events.length > 0) return events;
  throw unknown('set', name, setNames());
}

function unknown(what: string, name: string, names: readonly string[]): TraceeError {
  const near = nearest(name, names);
  return new TraceeError('UNKNOWN_EVENT', `there is no ${what} "${name}"`, {
    hint: near === undefined ? `tracee trace --list names all ${what}s` : `did you mean ${near}?`,
  });
}

/** Largest process id: PID_MAX_LIMIT. */
const maxPid = 4_194_304;

function parsePid(text: string): number {
  const pid = Number(text);
  if (!/^\d+$/.test(text) || pid < 1 || pid > maxPid) {
    throw new TraceeError('INVALID_FILTER', `"${text}" is no process id`, {
      hint: `a process id is a number from 1 to ${maxPid}`,
    });
  }
  return pid;
}

function makeScope(pids: readonly number[], trees: readonly number[]): Scope {
  return pids.length === 0 && trees.length === 0 ? everything : { isEverything: false, pids, trees };
}
