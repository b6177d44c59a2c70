import { constants } from 'node:os';
import { narrowestException } from '../detection/exception.js';
import { shortId } from '../events/container.js';
import { describeValue } from '../events/names.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import { exceptionLine } from '../output/exception-line.js';
import type { Finding } from '../detection/rule.js';
import type { FindingReport } from '../output/finding.js';
import { cutArguments, unverifiedArguments } from '../output/unverified.js';
import { harmlessText } from './harmless.js';

/** One of a payload's `output_fields`. An empty value is left out. */
export interface Field {
  readonly key: string;
  readonly value: string;
}

/**
 * What is told of a finding, the most telling first. Falco's names where it has one, so that templates,
 * labels and dashboards made for Falco work: there pids are the host's, and those of a container have a `v`.
 */
export function fieldsOf({ finding, losses }: FindingReport, id: string): Field[] {
  const { rule, sight, event, summary, facts, data } = finding;
  const exception = exceptionFor(finding);
  const isInNamespace = event.pid !== event.hostPid || event.tid !== event.hostTid;
  return Object.entries({
    'tracee.finding.id': id,
    'tracee.rule.id': rule.id,
    'tracee.severity': rule.severity,
    'tracee.sight': sight.id,
    'tracee.mitre': `${rule.mitre.tactic}: ${rule.mitre.technique} (${rule.mitre.id})`,
    'proc.name': event.comm,
    'proc.pid': String(event.hostPid),
    'proc.ppid': String(event.hostPpid),
    'user.uid': String(event.uid),
    'evt.type': event.definition.name,
    'evt.res': describeResult(event.returnValue),
    // OpenTelemetry's traces get their id from it. There must be no `evt.time`: as text it is fatal to an output.
    'evt.hostname': event.hostName,
    'proc.exepath': event.executable ?? '',
    'container.id': event.container === undefined ? '' : shortId(event.container),
    'container.name': event.container?.name ?? '',
    'container.image': event.container?.image ?? '',
    'tracee.summary': summary,
    'tracee.why': facts.join('; '),
    'proc.pname': event.ancestors[0]?.comm ?? '',
    'thread.tid': String(event.hostTid),
    'proc.vpid': isInNamespace ? String(event.pid) : '',
    'thread.vtid': isInNamespace ? String(event.tid) : '',
    'tracee.tree': describeTree(event),
    'tracee.unsure': describeDoubts(event),
    'tracee.lost':
      losses.inWindow === 0n ? '' : `${losses.inWindow} events in the last ${losses.windowSeconds} s`,
    'evt.args': '',
    'tracee.exception': exception,
    'tracee.data': Object.entries(data ?? {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
    'evt.rawres': String(event.returnValue),
    'evt.cpu': String(event.cpu),
    'tracee.hook': event.hook,
    'tracee.cgroup.id': String(event.cgroupId),
    'tracee.rule.version': rule.version,
  }).map(([key, value]) => ({
    key,
    value: key === 'evt.args' ? describeArguments(event) : harmlessText(value),
  }));
}

/** Only as it is to be written: with escapes it would hold for nothing. */
function exceptionFor(finding: Finding): string {
  const exception = narrowestException(finding);
  if (exception === undefined) return '';
  const line = exceptionLine(exception);
  return harmlessText(line) === line ? line : '';
}

const errnoNames = new Map<number, string>(
  Object.entries(constants.errno)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

/** As Falco says it: `SUCCESS`, or the name of the error. */
function describeResult(returnValue: number): string {
  return returnValue >= 0 ? 'SUCCESS' : (errnoNames.get(-returnValue) ?? String(returnValue));
}

/** `sneaky[42], bash[10], init[1]`: the process, then its ancestors, nearest first. */
function describeTree({ comm, hostPid, ancestors, areAncestorsCut }: TracedEvent): string {
  if (ancestors.length === 0) return '';
  const chain = [{ comm, hostPid }, ...ancestors].map((one) => `${one.comm}[${one.hostPid}]`);
  return [...chain, ...(areAncestorsCut ? ['...'] : [])].join(', ');
}

function describeDoubts(event: TracedEvent): string {
  const unverified = unverifiedArguments(event);
  const cut = cutArguments(event);
  return [
    unverified.length === 0 ? '' : `${unverified.join(', ')} could have been changed meanwhile`,
    cut.length === 0 ? '' : `only the beginning of ${cut.join(', ')} was recorded`,
  ]
    .filter((doubt) => doubt !== '')
    .join('; ');
}

/** `request=PTRACE_TRACEME argv=["sh", "-c", "echo \\x22hi\\x22"]`, harmless, and so that one string cannot pass for two. */
function describeArguments(event: TracedEvent): string {
  return event.arguments
    .map((argument) => `${argument.definition.name}=${describeArgument(argument, event)}`)
    .join(' ');
}

function describeArgument(argument: EventArgument, event: TracedEvent): string {
  const value = describeValue(argument, event);
  if (!Array.isArray(value)) return harmlessText(String(value));
  const quoted = value
    .slice(0, maxStrings)
    .map((one) => `"${harmlessText(one).replaceAll('"', String.raw`\x22`)}"`);
  return `[${[...quoted, ...(value.length > maxStrings ? ['...'] : [])].join(', ')}]`;
}

/** More than have room. */
const maxStrings = 100;
