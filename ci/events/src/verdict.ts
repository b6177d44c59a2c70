import { isDeepStrictEqual } from 'node:util';
import { argument, type JsonEvent } from '../../../test/dist/harness.js';
import type { EventRow, Expected, Scene } from './rows/row.js';

/** A row that was performed. */
export interface Performance extends Scene {
  readonly status: number;
  /** The last line that it wrote on stderr. */
  readonly said: string;
}

/**
 * `wrong`: the event came, and says something else. `unavailable`: no hook of this kernel serves it. `impossible`: it
 * cannot be caused here. `broken`: the program did not do what it is for.
 */
export type Outcome = 'seen' | 'quiet' | 'missed' | 'wrong' | 'unavailable' | 'impossible' | 'broken';

/** What a row came to on a kernel. */
export interface RowVerdict {
  readonly event: string;
  readonly act: string;
  readonly outcome: Outcome;
  /** The kind of hook that saw it, or nothing. */
  readonly hook: string;
  /** Why it is not seen; empty otherwise. */
  readonly reason: string;
}

/** What tracee said of the whole session. */
export interface Session {
  readonly events: readonly JsonEvent[];
  /** Events that no hook serves, with the reasons. */
  readonly unavailable: ReadonlyMap<string, string>;
  /** The shell that all rows were started by. */
  readonly shell: number;
}

const impossibleStatus = 77;
const tracepoints: ReadonlySet<string> = new Set(['tp_btf', 'raw_tracepoint']);

/** What became of a row that was performed. */
export function judge(row: EventRow, performance: Performance, session: Session): RowVerdict {
  const verdict = (outcome: Outcome, reason = '', hook = ''): RowVerdict => {
    return { event: row.event, act: row.act, outcome, hook, reason };
  };
  const { status, said } = performance;
  if (status === impossibleStatus) return verdict('impossible', said);
  if (status !== 0) return verdict('broken', `status ${status}: ${said}`);
  const gap = session.unavailable.get(row.event);
  if (gap !== undefined) return verdict('unavailable', gap);
  const own = session.events.filter(
    (event) => event.eventName === row.event && isOf(row, performance, event),
  );
  const complaints = own.map((event) => ({ event, wrong: whatIsWrong(row, performance, session, event) }));
  const right = complaints.find(({ wrong }) => wrong.length === 0);
  if (row.isQuiet === true) {
    return right === undefined ? verdict('quiet') : verdict('wrong', 'it came', right.event.hook);
  }
  if (right !== undefined) return verdict('seen', '', right.event.hook);
  if (complaints.length === 0) {
    return row.isUnseenInCalls === true && isSeenInCalls(row, session)
      ? verdict('unavailable', 'no function can be hooked, and no system call tells of it')
      : verdict('missed', elsewhere(row, performance, session));
  }
  const nearest = complaints.reduce((best, one) => (one.wrong.length < best.wrong.length ? one : best));
  return verdict('wrong', nearest.wrong.join('; '), nearest.event.hook);
}

function isOf(row: EventRow, { pid }: Performance, event: JsonEvent): boolean {
  return (row.process === 'child' ? event.parentProcessId : event.processId) === pid;
}

/** Whether the event comes from system calls here, as its other rows show. */
function isSeenInCalls({ event }: EventRow, { events }: Session): boolean {
  return events.some(({ eventName, hook }) => eventName === event && tracepoints.has(hook));
}

/** Whose processes had such an event while the one of the row had none. */
function elsewhere(row: EventRow, { pid }: Performance, { events }: Session): string {
  const others = events.filter(({ eventName }) => eventName === row.event);
  const list = others.slice(0, 5).map(({ processId, processName }) => `${processName}[${processId}]`);
  return `none of ${others.length} is of ${pid}${list.length === 0 ? '' : `: ${list.join(', ')}`}`;
}

/** Every difference between an event and what its row wants: who it was, what it returned, its arguments. */
function whatIsWrong(
  row: EventRow,
  performance: Performance,
  session: Session,
  event: JsonEvent,
): readonly string[] {
  const expects = {
    ...(typeof row.expects === 'function' ? row.expects(performance) : row.expects),
    ...(tracepoints.has(event.hook) ? row.expectsOfCall : {}),
  };
  const wantedParent = row.process === 'child' ? performance.pid : session.shell;
  const facts: readonly (readonly [string, unknown, Expected])[] = [
    ['parentProcessId', event.parentProcessId, wantedParent],
    ...(row.isOfThread === true ? [] : [['threadId', event.threadId, event.processId] as const]),
    ['userId', event.userId, row.user ?? 0],
    ['processName', event.processName, row.comm ?? commOf(row)],
    ['returnValue', event.returnValue, row.returnValue ?? 0],
    ...Object.entries(expects).map(([name, wanted]): [string, unknown, Expected] => [
      name,
      argument(event, name) ?? null,
      wanted,
    ]),
  ];
  return facts.flatMap(([name, value, wanted]) =>
    fits(value, wanted) ? [] : [`${name} is ${JSON.stringify(value)} and not ${describe(wanted)}`],
  );
}

/** A process is called as the program's file, cut to 15 bytes. */
function commOf({ script }: EventRow): string {
  return (/\bexec \$ACTS\/(\S+)/.exec(script)?.[1] ?? 'sh').slice(0, 15);
}

function fits(value: unknown, wanted: Expected): boolean {
  if (typeof wanted === 'function') return wanted(value);
  if (wanted instanceof RegExp) return typeof value === 'string' && wanted.test(value);
  return isDeepStrictEqual(value, wanted);
}

function describe(wanted: Expected): string {
  return typeof wanted === 'object' && !(wanted instanceof RegExp) ? JSON.stringify(wanted) : String(wanted);
}
