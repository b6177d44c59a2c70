import { narrowestException } from '../detection/exception.js';
import type { HeldBack, Repeats } from '../detection/gate.js';
import type { Losses } from '../detection/loss-window.js';
import type { Finding, Severity } from '../detection/rule.js';
import { shortId } from '../events/container.js';
import type { Ancestor, TracedEvent } from '../events/record.js';
import { escapeText } from './escape.js';
import { exceptionLine } from './exception-line.js';
import { cutArguments, unverifiedArguments } from './unverified.js';

/** A finding and what is known about the moment in which it was told. */
export interface FindingReport {
  readonly finding: Finding;
  readonly losses: Losses;
  /** By the clock on the wall. */
  readonly toldAt: Date;
}

/** SGR parameters of the first line. */
const colours: Readonly<Record<Severity, string>> = {
  critical: '1;31',
  high: '1;31',
  medium: '1;33',
  low: '1',
  info: '2',
};

/** What a finding looks like to people: one line, then what stands behind it. */
export function findingToText({ finding, losses }: FindingReport, isColoured: boolean): string {
  const { rule, event } = finding;
  const exception = narrowestException(finding);
  const rows: [string, string | undefined][] = [
    ['process', describeProcess(event)],
    ['in', describeContainer(event)],
    ['tree', describeTree(event)],
    ...finding.facts.map((fact): [string, string] => ['why', escapeText(fact)]),
    ['mitre', escapeText(`${rule.mitre.tactic}: ${rule.mitre.technique} (${rule.mitre.id})`)],
    ['seen by', `${event.definition.name} on ${event.hook}`],
    ['unsure', describeDoubts(event)],
    ['lost', describeLosses(losses)],
    ['except', exception && exceptionLine(exception)],
  ];
  return [
    coloured(`${headOf(finding)} ${escapeText(finding.summary)}`, rule.severity, isColoured),
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(8)} ${text}`])),
  ].join('\n');
}

/** `HIGH TRC-2 Anti-Debugging: sneaky[42] asked to be traced: 3 times more, the last 12.5 s after the first` */
export function repeatsToText({ first, count, lastTime }: Repeats, isColoured: boolean): string {
  const seconds = ((lastTime - first.event.time) / 1e9).toFixed(1);
  const head = `${headOf(first)} ${escapeText(first.summary)}`;
  const repeats = `repeated ${count} time${count === 1 ? '' : 's'}, the last ${seconds} s after the first`;
  return `${coloured(head, first.rule.severity, isColoured)}\n  ${repeats}`;
}

/** `12 findings of TRC-2 were held back by the rate limit` */
export function heldBackToText({ rule, count }: HeldBack): string {
  const findings = count === 1 ? '1 finding' : `${count} findings`;
  return `${findings} of ${escapeText(rule.id)} (${escapeText(rule.name)}) held back by the rate limit`;
}

/** `HIGH TRC-2 Anti-Debugging: sneaky[42]` */
function headOf({ rule, event }: Finding): string {
  const who = `${escapeText(event.comm)}[${event.pid}]`;
  return `${rule.severity.toUpperCase()} ${escapeText(`${rule.id} ${rule.name}`)}: ${who}`;
}

function coloured(text: string, severity: Severity, isColoured: boolean): string {
  return isColoured ? `\u001b[${colours[severity]}m${text}\u001b[0m` : text;
}

function describeProcess(event: TracedEvent): string {
  const path = event.executable === undefined ? 'unknown program' : escapeText(event.executable);
  const thread = event.tid === event.pid ? '' : `, thread ${event.tid}`;
  const host = event.hostPid === event.pid ? '' : `, pid ${event.hostPid} on the host`;
  return `${path}, pid ${event.pid}${thread}${host}, user ${event.uid}, host ${escapeText(event.hostName)}`;
}

/** `web (nginx:1.25), docker 0123456789ab`; who made it, where that is not root, and what is within it. */
function describeContainer({ container }: TracedEvent): string | undefined {
  if (container === undefined) return undefined;
  const { name, image, engine, owner, nested } = container;
  const called = [name, image === undefined ? undefined : `(${image})`].filter((one) => one !== undefined);
  const id = `${engine === 'unknown' ? 'container' : engine} ${shortId(container)}`;
  return [
    escapeText(called.length === 0 ? id : `${called.join(' ')}, ${id}`),
    ...(owner === undefined ? [] : [`as user ${owner} says`]),
    ...(nested.length === 0 ? [] : [`within it ${nested.map((one) => one.slice(0, 12)).join(' and ')}`]),
  ].join(', ');
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

function describeDoubts(event: TracedEvent): string | undefined {
  const unverified = unverifiedArguments(event);
  const cut = cutArguments(event);
  const doubts = [
    ...(unverified.length === 0
      ? []
      : [`${unverified.join(', ')} read from memory that the program can change meanwhile`]),
    ...(cut.length === 0 ? [] : [`only the beginning of ${cut.join(', ')} was recorded`]),
  ];
  return doubts.length === 0 ? undefined : doubts.join('; ');
}

function describeLosses({ inWindow, windowSeconds, sinceStart }: Losses): string {
  const before = sinceStart === inWindow ? '' : `, ${sinceStart} since start`;
  if (inWindow === 0n) return `nothing in the last ${windowSeconds} s${before}`;
  return `${inWindow} events in the last ${windowSeconds} s${before}: others like this may be missing`;
}
