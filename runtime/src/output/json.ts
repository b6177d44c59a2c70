import { describeValue } from '../events/names.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../events/types.js';
import { escapeJson } from './escape.js';
import { narrowestException } from '../detection/exception.js';
import type { HeldBack, Repeats } from '../detection/gate.js';
import type { FindingReport } from './finding.js';
import { unverifiedArguments } from './unverified.js';

/**
 * One event as one line of JSON, without the line end: the original's keys first, additions at the end.
 * Written by hand, since this is where most of the time of tracing goes: an object with some sixty values,
 * made for `JSON.stringify` alone, takes three times as long.
 */
export function eventToJson(event: TracedEvent): string {
  return `{${membersOf(event)}${ancestryOf(event)}}`;
}

function membersOf(event: TracedEvent): string {
  const { arguments: args, definition } = event;
  let list = '';
  for (const argument of args) {
    if (list !== '') list += ',';
    list += argumentToJson(argument, event);
  }
  return (
    `"timestamp":${event.time / 1e9},"processId":${event.pid},"threadId":${event.tid}` +
    `,"parentProcessId":${event.ppid},"hostProcessId":${event.hostPid},"hostThreadId":${event.hostTid}` +
    `,"hostParentProcessId":${event.hostPpid},"userId":${event.uid}` +
    `,"mountNamespace":${event.mountNamespace},"pidNamespace":${event.pidNamespace}` +
    `,"processName":${quote(event.comm)},"hostName":${quote(event.hostName)}${nameOf(definition)}` +
    `,"argsNum":${args.length},"returnValue":${event.returnValue},"stackAddresses":null,"args":[${list}]` +
    `,"cgroupId":${toJson(event.cgroupId)},"processStartTime":${event.startTime}` +
    `,"parentStartTime":${event.parentStartTime},"cpu":${event.cpu},"hook":"${event.hook}"` +
    `,"abi":"${event.isCompat ? '32-bit' : 'native'}","argumentSource":"${definition.source}"` +
    `,"executable":${event.executable === undefined ? 'null' : quote(event.executable)}` +
    `,"forked":${event.isForked},"terminal":${event.hasTerminal}` +
    (event.executableFile === undefined ? '' : `,"executableFile":${toJson(event.executableFile)}`)
  );
}

/** Nothing for an event that nobody asked to be explained. */
function ancestryOf({ ancestors, areAncestorsCut }: TracedEvent): string {
  return ancestors.length === 0 ? '' : `,"ancestors":${toJson(ancestors)},"ancestorsCut":${areAncestorsCut}`;
}

/** One finding as one line of JSON, without the line end. */
export function findingToJson({ finding, losses, toldAt }: FindingReport): string {
  const { event, sight } = finding;
  return toObject([
    ['kind', '"finding"'],
    ['time', toJson(toldAt.toISOString())],
    ['rule', toJson(finding.rule)],
    ['sight', toJson(sight.id)],
    ['summary', toJson(finding.summary)],
    ['facts', toJson(finding.facts)],
    ['data', toJson(finding.data ?? {})],
    ['event', `{${membersOf(event)}}`],
    ['ancestors', toJson(event.ancestors)],
    ['ancestorsCut', toJson(event.areAncestorsCut)],
    ['unverifiedArguments', toJson(unverifiedArguments(event))],
    ['lostEvents', toJson(losses.sinceStart)],
    ['lostInWindow', toJson({ events: losses.inWindow, seconds: losses.windowSeconds })],
    ['exception', toJson(narrowestException(finding) ?? null)],
  ]);
}

/** How often a finding was repeated, as one line of JSON. */
export function repeatsToJson({ first, count, lastTime }: Repeats): string {
  const { event } = first;
  return toObject([
    ['kind', '"repeats"'],
    ['rule', toJson(first.rule)],
    ['sight', toJson(first.sight.id)],
    ['summary', toJson(first.summary)],
    ['count', String(count)],
    ['firstTimestamp', String(event.time / 1e9)],
    ['lastTimestamp', String(lastTime / 1e9)],
    ['processId', String(event.pid)],
    ['hostProcessId', String(event.hostPid)],
    ['processName', quote(event.comm)],
  ]);
}

/** How many findings of a rule were held back, as one line of JSON. */
export function heldBackToJson({ rule, count }: HeldBack): string {
  return toObject([
    ['kind', '"heldBack"'],
    ['rule', toJson(rule)],
    ['count', String(count)],
  ]);
}

function toObject(members: readonly (readonly [key: string, json: string])[]): string {
  return `{${members.map(([key, json]) => `"${key}":${json}`).join(',')}}`;
}

function argumentToJson(argument: EventArgument, event: TracedEvent): string {
  const value = describeValue(argument, event);
  const json = typeof value === 'number' ? String(value) : toJson(value);
  const cut = argument.cut === undefined ? '' : `,"cut":{"of":${argument.cut.full ?? null}}`;
  return `${headOf(argument.definition)}${json}${cut}}`;
}

/** What is the same for all events of a kind, and for all values of an argument. */
const names = new Map<EventDefinition, string>();
const heads = new Map<ArgumentDefinition, string>();

function nameOf(definition: EventDefinition): string {
  let name = names.get(definition);
  if (name === undefined) {
    name = `,"eventId":"${definition.id}","eventName":${quote(definition.name)}`;
    names.set(definition, name);
  }
  return name;
}

function headOf(definition: ArgumentDefinition): string {
  let head = heads.get(definition);
  if (head === undefined) {
    head = `{"name":${quote(definition.name)},"type":${quote(definition.type)},"value":`;
    heads.set(definition, head);
  }
  return head;
}

/** Printable ASCII without what JSON escapes: all but a few of the strings that there are. */
const plain = /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]*$/;

function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : escapeJson(JSON.stringify(text));
}

/** Integers too large for a double stay exact: they are written as strings. */
function toJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return escapeJson(
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'bigint') return inner;
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    }),
  );
}
