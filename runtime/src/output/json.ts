import { describeValue } from '../events/names.js';
import type { TracedEvent } from '../events/record.js';
import { escapeJson } from './escape.js';
import type { Finding } from '../detection/rule.js';

/** One event as one line of JSON, without the line end: the original's keys first, additions at the end. */
export function eventToJson(event: TracedEvent): string {
  return escapeJson(JSON.stringify(describeEvent(event)));
}

/** One finding as one line of JSON, without the line end. */
export function findingToJson(finding: Finding, lost: bigint): string {
  const { rule, event } = finding;
  return toLine({
    rule: { ...rule },
    summary: finding.summary,
    facts: finding.facts,
    data: finding.data ?? {},
    event: describeEvent(event),
    ancestors: event.ancestors,
    ancestorsCut: event.areAncestorsCut,
    lostEvents: lost,
  });
}

/** Holds no bigint: a replacer, called for each of some sixty values, would take longer than all the rest. */
function describeEvent(event: TracedEvent): Record<string, unknown> {
  return {
    timestamp: event.time / 1e9,
    processId: event.pid,
    threadId: event.tid,
    parentProcessId: event.ppid,
    hostProcessId: event.hostPid,
    hostThreadId: event.hostTid,
    hostParentProcessId: event.hostPpid,
    userId: event.uid,
    mountNamespace: event.mountNamespace,
    pidNamespace: event.pidNamespace,
    processName: event.comm,
    hostName: event.hostName,
    eventId: String(event.definition.id),
    eventName: event.definition.name,
    argsNum: event.arguments.length,
    returnValue: event.returnValue,
    stackAddresses: null,
    args: event.arguments.map((argument) => ({
      name: argument.definition.name,
      type: argument.definition.type,
      value: withoutBigint(describeValue(argument)),
      ...(argument.cut === undefined ? {} : { cut: { of: argument.cut.full ?? null } }),
    })),
    cgroupId: withoutBigint(event.cgroupId),
    processStartTime: event.startTime,
    parentStartTime: event.parentStartTime,
    cpu: event.cpu,
    hook: event.hook,
    abi: event.isCompat ? '32-bit' : 'native',
    argumentSource: event.definition.source,
    executable: event.executable ?? null,
  };
}

function toLine(value: unknown): string {
  return escapeJson(JSON.stringify(value, (_key, inner: unknown) => withoutBigint(inner)));
}

/** Integers too large for a double stay exact: they are written as strings. */
function withoutBigint(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
