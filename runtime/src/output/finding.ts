import type { Finding } from '../detection/rule.js';
import type { Ancestor, TracedEvent } from '../events/record.js';
import { escapeText } from './escape.js';

/** What a finding looks like to people: one line, then what stands behind it. */
export function findingToText(finding: Finding, lost: bigint, isColoured: boolean): string {
  const { rule, event } = finding;
  const who = `${escapeText(event.comm)}[${event.pid}]`;
  const severity = rule.severity.toUpperCase();
  const head = `${severity} ${rule.id} ${rule.name}: ${who} ${escapeText(finding.summary)}`;
  const rows: [string, string][] = [
    ['process', describeProcess(event)],
    ['tree', describeTree(event)],
    ...finding.facts.map((fact): [string, string] => ['why', escapeText(fact)]),
    ['mitre', `${rule.mitre.tactic}: ${rule.mitre.technique} (${rule.mitre.id})`],
    ['seen by', `${event.definition.name} on ${event.hook}${describeSource(event)}`],
    ['lost', lost === 0n ? 'no events so far' : `${lost} events so far: others like this may be missing`],
  ];
  return [
    isColoured ? `\u001b[1;31m${head}\u001b[0m` : head,
    ...rows.map(([label, text]) => `  ${label.padEnd(8)} ${text}`),
  ].join('\n');
}

function describeProcess(event: TracedEvent): string {
  const path = event.executable === undefined ? 'unknown program' : escapeText(event.executable);
  const thread = event.tid === event.pid ? '' : `, thread ${event.tid}`;
  const host = event.hostPid === event.pid ? '' : `, pid ${event.hostPid} on the host`;
  return `${path}, pid ${event.pid}${thread}${host}, user ${event.uid}, host ${escapeText(event.hostName)}`;
}

/** `bash[10] <- sshd[7] <- init[1]` */
function describeTree(event: TracedEvent): string {
  const chain = event.ancestors.map(describeAncestor);
  return [`${escapeText(event.comm)}[${event.pid}]`, ...chain, ...(event.areAncestorsCut ? ['…'] : [])].join(
    ' <- ',
  );
}

function describeAncestor({ comm, hostPid }: Ancestor): string {
  return `${escapeText(comm)}[${hostPid}]`;
}

function describeSource(event: TracedEvent): string {
  return event.definition.source === 'user' &&
    event.definition.arguments.some((one) => one.type.includes('char'))
    ? ', strings read from its memory'
    : '';
}
