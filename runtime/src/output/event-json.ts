import { shortId } from '../events/container.js';
import { describeValue, type Surroundings } from '../events/names.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../events/types.js';
import type { EventClock } from './event-clock.js';
import { quoteJson, toJson } from './json-values.js';

/** What people may ask of lines. */
export interface JsonStyle {
  /** Numbers without names. */
  readonly isRaw: boolean;
  readonly clock: EventClock;
}

/**
 * One event as one line of JSON, without the line end: the original's keys first, additions at the end.
 * Written by hand, since this is where most of the time of tracing goes: an object with some sixty values,
 * made for `JSON.stringify` alone, takes three times as long. `EventLines` writes the same line from a record.
 */
export function eventToJson(event: TracedEvent, style?: JsonStyle): string {
  return `{${membersOf(event, style?.isRaw)}${ancestryOf(event)}${timesOf(event, style?.clock)}}`;
}

/** Beside the time since boot, which rules compare with start times of processes. */
function timesOf({ time }: TracedEvent, clock: EventClock | undefined): string {
  if (clock === undefined || clock.style === 'boot') return '';
  return clock.style === 'wall'
    ? `,"wallTime":"${clock.wallTimeOf(time)}"`
    : `,"relativeTime":${secondsOf(clock.relativeNsOf(time))}`;
}

export function membersOf(event: TracedEvent, isRaw = false): string {
  const { arguments: args } = event;
  let list = '';
  for (const argument of args) {
    if (list !== '') list += ',';
    list += argumentToJson(argument, event, isRaw);
  }
  return (
    `"timestamp":${secondsOf(event.time)}${subjectOf(event)}${nameOf(event.definition)}` +
    `,"argsNum":${args.length},"returnValue":${event.returnValue}${stackOf(event)}[${list}]${originOf(event)}` +
    `${event.cpu}${circumstancesOf(event)}`
  );
}

/** Nanoseconds as seconds, all digits of them: 5 -> `0.000000005`. */
export function secondsOf(nanoseconds: number): string {
  let seconds = Math.floor(nanoseconds / 1e9);
  let rest = nanoseconds - seconds * 1e9;
  if (rest < 0) {
    seconds -= 1;
    rest += 1e9;
  }
  return rest === 0 ? String(seconds) : `${seconds}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
}

/** Who did it: what stays the same from one event of a thread to the next. */
export function subjectOf(event: TracedEvent): string {
  return (
    `,"processId":${event.pid},"threadId":${event.tid}` +
    `,"parentProcessId":${event.ppid},"hostProcessId":${event.hostPid},"hostThreadId":${event.hostTid}` +
    `,"hostParentProcessId":${event.hostPpid},"userId":${event.uid}` +
    `,"mountNamespace":${event.mountNamespace},"pidNamespace":${event.pidNamespace}` +
    `,"processName":${quoteJson(event.comm)},"hostName":${quoteJson(event.hostName)}` +
    `,"containerId":"${event.container === undefined ? '' : shortId(event.container)}"`
  );
}

/** From the result to the arguments. */
export function stackOf({ stack }: TracedEvent): string {
  return stack === undefined
    ? ',"stackAddresses":null,"args":'
    : `,"stackAddresses":${toJson(stack)},"args":`;
}

/** From the arguments to the number of the CPU: what stays the same for a thread. */
export function originOf(event: TracedEvent): string {
  return (
    `,"cgroupId":${toJson(event.cgroupId)},"processStartTime":${event.startTime}` +
    `,"parentStartTime":${event.parentStartTime},"cpu":`
  );
}

/** The rest, but for ancestors. */
export function circumstancesOf(event: TracedEvent): string {
  return (
    `,"hook":"${event.hook}"` +
    `,"abi":"${event.isCompat ? '32-bit' : 'native'}","argumentSource":"${event.definition.source}"` +
    `,"executable":${event.executable === undefined ? 'null' : quoteJson(event.executable)}` +
    `,"forked":${event.isForked},"terminal":${event.hasTerminal}` +
    (event.executableFile === undefined ? '' : `,"executableFile":${toJson(event.executableFile)}`) +
    containerOf(event) +
    addedTo(event)
  );
}

/** What was asked for beside: places on the stack, and the hash of a program. */
function addedTo({ frames, program }: TracedEvent): string {
  return (
    (frames === undefined ? '' : `,"stack":${toJson(frames)}`) +
    (program === undefined
      ? ''
      : `,"sha256":${toJson(program.sha256 ?? null)},"ctime":${toJson(program.ctime)}`)
  );
}

/** Nothing for a process that is in none. */
function containerOf({ container }: TracedEvent): string {
  if (container === undefined) return '';
  const { id, engine, name, image, owner, nested } = container;
  return (
    `,"containerName":${toJson(name ?? null)},"containerImage":${toJson(image ?? null)}` +
    `,"containerEngine":"${engine}","containerFullId":"${id}"` +
    (owner === undefined ? '' : `,"containerOwner":${owner}`) +
    (nested.length === 0 ? '' : `,"containersWithin":${toJson(nested)}`)
  );
}

/** Nothing for an event that nobody asked to be explained. */
function ancestryOf({ ancestors, areAncestorsCut }: TracedEvent): string {
  return ancestors.length === 0 ? '' : `,"ancestors":${toJson(ancestors)},"ancestorsCut":${areAncestorsCut}`;
}

export function argumentToJson(argument: EventArgument, event: Surroundings, isRaw = false): string {
  const value = isRaw ? argument.value : describeValue(argument, event);
  const json = typeof value === 'number' ? String(value) : toJson(value);
  const cut = argument.cut === undefined ? '' : `,"cut":{"of":${argument.cut.full ?? null}}`;
  return `${headOf(argument.definition)}${json}${cut}}`;
}

/** What is the same for all events of a kind, and for all values of an argument. */
const names = new Map<EventDefinition, string>();
const heads = new Map<ArgumentDefinition, string>();

export function nameOf(definition: EventDefinition): string {
  let name = names.get(definition);
  if (name === undefined) {
    name = `,"eventId":"${definition.id}","eventName":${quoteJson(definition.name)}`;
    names.set(definition, name);
  }
  return name;
}

/** An argument up to its value. */
export function headOf(definition: ArgumentDefinition): string {
  let head = heads.get(definition);
  if (head === undefined) {
    head = `{"name":${quoteJson(definition.name)},"type":${quoteJson(definition.type)},"value":`;
    heads.set(definition, head);
  }
  return head;
}
