import { narrowestException } from '../detection/exception.js';
import type { HeldBack, Repeats } from '../detection/gate.js';
import { membersOf, secondsOf } from './event-json.js';
import type { FindingReport } from './finding.js';
import { quoteJson, toJson } from './json-values.js';
import { unverifiedArguments } from './unverified.js';

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
    ['firstTimestamp', secondsOf(event.time)],
    ['lastTimestamp', secondsOf(lastTime)],
    ['processId', String(event.pid)],
    ['hostProcessId', String(event.hostPid)],
    ['processName', quoteJson(event.comm)],
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
