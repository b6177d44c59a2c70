import { describeValue } from '../events/names.js';
import type { TracedEvent } from '../events/record.js';
import { escapeJson } from './escape.js';
import type { Finding } from '../detection/rule.js';

/** One event as one line of JSON, without the line end: the original's keys first, additions at the end. */
export function eventToJson(event: TracedEvent): string {
  return toLine(describeEvent(event));
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
      value: describeValue(argument),
      ...(argument.cut === undefined ? {} : { cut: { of: argument.cut.full ?? null } }),
    })),
    cgroupId: event.cgroupId,
    processStartTime: event.startTime,
    parentStartTime: event.parentStartTime,
    cpu: event.cpu,
    hook: event.hook,
    abi: event.isCompat ? '32-bit' : 'native',
    argumentSource: event.definition.source,
    executable: event.executable ?? null,
  };
}

/** Integers too large for a double stay exact: they are written as strings. */
function toLine(value: unknown): string {
  const json = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? (Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner)) : inner,
  );
  return escapeJson(json);
}
