import { TraceeError } from '../errors.js';
import { catalogue, eventsOfSet, findEvent, setNames } from '../events/catalogue/index.js';
import { maxScopeFilters } from '../events/scope-layout.js';
import type { TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { bootClockNow } from '../host/boot-clock.js';
import { nearest } from '../text/nearest.js';
import { containerFilter } from './filters/container-filter.js';
import { eventFilters, type EventFilter } from './filters/event-filter.js';
import { parseExpression, refused, type Expression } from './filters/expression.js';
import { processFilters, type ProcessFilter, type ProcessSubject } from './filters/process-filter.js';
import { everything, type Scope } from './scope.js';

/** What `--trace` expressions ask for. */
export interface Selection {
  readonly events: readonly EventDefinition[];
  readonly scope: Scope;
  /** What the runtime looks at when an event has come: arguments and results. */
  readonly filters: readonly EventFilter[];
}

/**
 * Parses `--trace` expressions. `event`, `set` and filters on an event's arguments choose events (without any: the
 * set `default`), all others choose processes (without any: all), and all of them must hold. Throws INVALID_FILTER
 * or UNKNOWN_EVENT.
 */
export function parseSelection(expressions: readonly string[]): Selection {
  const parsed = expressions.map((text) => withSubject(parseExpression(text)));
  const of = (subject: Subject): Expression[] =>
    parsed.flatMap((one) => (one.subject === subject ? [one.expression] : []));
  const filters = eventFilters(of('argument'));
  return {
    events: chooseEvents(of('event'), of('set'), filters),
    scope: makeScope(of),
    filters,
  };
}

/** Whether an event is one that the filters let through; events without a filter are. */
export function passesFilters(filters: readonly EventFilter[], event: TracedEvent): boolean {
  for (const filter of filters) {
    if (filter.event === event.definition && !filter.passes(event)) return false;
  }
  return true;
}

/** Parses `event=` and `set=` alone. */
export function parseRecorded(expressions: readonly string[]): readonly EventDefinition[] {
  const other = expressions.find((text) => !/^(?:e(?:v(?:e(?:nt?)?)?)?|s(?:et?)?)!?=/.test(text));
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

/** Words that may be cut short to any beginning, in the order in which the original looked at them. */
const abbreviated = ['container', 'event', 'pid', 'set', 'uid', 'follow'] as const;
const whole = ['tid', 'mntns', 'pidns', 'comm', 'uts', 'binary', 'tree'] as const;
type Subject = (typeof abbreviated)[number] | (typeof whole)[number] | 'argument';

function withSubject(expression: Expression): { subject: Subject; expression: Expression } {
  const { name, operator, text } = expression;
  const isArgument = name.includes('.');
  const subject = isArgument
    ? 'argument'
    : (whole.find((word) => word === name) ?? abbreviated.find((word) => word.startsWith(name)));
  if (subject === undefined) {
    const near = nearest(name, [...abbreviated, ...whole]);
    throw refused(text, 'is no trace expression', near === undefined ? undefined : `did you mean ${near}?`);
  }
  if (subject !== 'container' && (operator === undefined) !== (subject === 'follow')) {
    throw refused(text, operator === undefined ? 'has no value' : 'has a value, and follow takes none');
  }
  return { subject, expression };
}

function chooseEvents(
  named: readonly Expression[],
  sets: readonly Expression[],
  filters: readonly EventFilter[],
): readonly EventDefinition[] {
  const of = (list: readonly Expression[], wanted: string): readonly Expression[] => {
    const other = list.find(({ operator }) => operator !== '=' && operator !== '!=');
    if (other !== undefined) throw refused(other.text, 'orders names', 'events and sets take = and !=');
    return list.filter(({ operator }) => operator === wanted);
  };
  const valuesOf = (list: readonly Expression[]): string[] =>
    list.flatMap(({ values }) => values.map(({ text }) => text));
  const chosen = [
    ...valuesOf(of(named, '=')).flatMap(requireEvents),
    ...valuesOf(of(sets, '=')).flatMap(requireSet),
    ...filters.map(({ event }) => event),
  ];
  const left = new Set([
    ...valuesOf(of(named, '!=')).flatMap(requireEvents),
    ...valuesOf(of(sets, '!=')).flatMap(requireSet),
  ]);
  const events = chosen.length === 0 ? eventsOfSet('default') : [...new Set(chosen)];
  const wanted = events.filter((event) => !left.has(event));
  if (wanted.length > 0) return wanted;
  throw new TraceeError('INVALID_FILTER', 'no event is left to trace', {
    hint: 'choose some with event=NAME or set=NAME',
  });
}

/** `open*`: every event whose name begins so. */
function requireEvents(name: string): readonly EventDefinition[] {
  const isPattern = name.endsWith('*');
  const found = isPattern
    ? catalogue.filter((event) => event.name.startsWith(name.slice(0, -1)))
    : [findEvent(name)].flatMap((event) => event ?? []);
  if (found.length > 0) return found;
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

/** Processes that are named stand in a table of the kernel side; whatever else is said of them are filters. */
function makeScope(of: (subject: Subject) => Expression[]): Scope {
  const isNamed = ({ operator, values }: Expression): boolean =>
    operator === '=' && !values.some(({ text }) => text === 'new');
  const pidsIn = (list: readonly Expression[]): number[] =>
    list.flatMap(({ values }) => values.map(({ text }) => parsePid(text)));
  const tree = of('tree');
  const other = tree.find(({ operator }) => operator !== '=');
  if (other !== undefined) throw refused(other.text, 'does not name a tree', 'tree=N[,N]');
  const pids = pidsIn(of('pid').filter(isNamed));
  const trees = pidsIn(tree);
  const container = containerFilter(of('container'), bootClockNow());
  const filters = [
    ...filtersIn(
      of,
      of('pid').filter((one) => !isNamed(one)),
    ),
    ...(container?.filters ?? []),
  ];
  if (filters.length > maxScopeFilters) {
    throw new TraceeError(
      'INVALID_FILTER',
      `${filters.length} comparisons are more than the kernel side takes`,
      {
        hint: `give at most ${maxScopeFilters}; names and numbers between commas are one for each 16`,
      },
    );
  }
  const follows = of('follow').some(({ isNegated }) => !isNegated);
  return {
    ...(pids.length === 0 && trees.length === 0 ? everything : { isEverything: false, pids, trees }),
    ...(filters.length === 0 ? {} : { filters }),
    ...(follows ? { follows } : {}),
    ...(container === undefined ? {} : { container }),
  };
}

function filtersIn(of: (subject: Subject) => Expression[], pids: readonly Expression[]): ProcessFilter[] {
  const isAge = ({ values }: Expression): boolean => values.some(({ text }) => text === 'new');
  const subjects: ProcessSubject[] = ['uid', 'tid', 'mntns', 'pidns', 'comm', 'uts', 'binary'];
  return [
    ...processFilters(
      'pid',
      pids.filter((one) => !isAge(one)),
    ),
    ...pids.filter(isAge).map(ageFilter),
    ...subjects.flatMap((subject) => processFilters(subject, of(subject))),
  ];
}

/** `pid=new`: processes that begin when tracing has begun. */
function ageFilter({ text, operator, values }: Expression): ProcessFilter {
  if (values.length !== 1 || (operator !== '=' && operator !== '!=')) {
    throw refused(text, 'says more than whether a process is new', 'pid=new, or pid!=new');
  }
  const now = bootClockNow();
  return operator === '='
    ? { field: 'start_time', operator: 'at_least', values: [[now, 0n]], text }
    : { field: 'start_time', operator: 'at_most', values: [[now - 1n, 0n]], text };
}
