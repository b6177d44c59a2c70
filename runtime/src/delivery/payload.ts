import type { Severity } from '../detection/rule.js';
import type { FindingReport } from '../output/finding.js';
import { cutToBytes, goJsonBytes } from './bounds.js';
import { fieldsOf, type Field } from './fields.js';
import { harmlessText } from './harmless.js';

/** Falco's words for how much something matters, from the least on. */
export const priorities = [
  'Debug',
  'Informational',
  'Notice',
  'Warning',
  'Error',
  'Critical',
  'Alert',
  'Emergency',
] as const;

export type Priority = (typeof priorities)[number];

/** What falcosidekick reads; every value of `output_fields` is a string: it drops others without a word. */
export interface Payload {
  /** One line: `08:55:21.123456789: Error Anti-Debugging: sneaky asked to be traced (proc.pid=42 …)`. */
  output: string;
  priority: Priority;
  rule: string;
  /** RFC 3339 with nanoseconds. */
  time: string;
  /** Outputs of falcosidekick that look at the source know this one. */
  source: 'syscall';
  hostname: string;
  tags: string[];
  output_fields: Record<string, string>;
}

/**
 * What `minimumpriority` filters on. One word for each severity, in the same order, so that every line that
 * can be drawn between severities can be drawn between priorities. Alert and Emergency are left to others:
 * for Falco they mean that a human must act at once, which a single host cannot tell.
 */
export const priorityOfSeverity: Readonly<Record<Severity, Priority>> = {
  critical: 'Critical',
  high: 'Error',
  medium: 'Warning',
  low: 'Notice',
  info: 'Informational',
};

/** Falcosidekick cuts long fields of what is larger in JSON. */
const maxPayloadBytes = 4096;
/** It adds `,"uuid":"…"` before it measures. */
const addedBytes = 48;
/** The same: longer fields are what it cuts. */
const maxFieldBytes = 512;
/** Behind `Subject: [Informational] ` this still is a line of a mail, which may have 998 bytes. */
const maxOutputBytes = 900;
const maxRuleBytes = 128;
const maxHostNameBytes = 255;
const maxTagBytes = 48;
const maxTags = 12;
/** Less of a value than this says nothing. */
const minCutBytes = 64;

/**
 * What falcosidekick is told of a finding, small enough that it cuts nothing, and with nothing in it that a
 * chat, a mail or a terminal would obey. `id` is unique for each finding and stands in
 * `output_fields["tracee.finding.id"]`, so that repeats can be told. `clockOffset` is what is added to
 * CLOCK_MONOTONIC to get the time of day, in nanoseconds.
 */
export function findingToPayload(
  report: FindingReport,
  id: string,
  clockOffset: bigint = wallClockOffset(),
): Payload {
  const { rule, event, summary } = report.finding;
  const time = toRfc3339(eventTime(report, clockOffset));
  const priority = priorityOfSeverity[rule.severity];
  const name = ruleName(rule.name, rule.id);
  const what = `${event.comm} ${summary}`;
  const who = [
    ['proc.name', event.comm],
    ['proc.pid', String(event.hostPid)],
    ['proc.exepath', event.executable ?? 'unknown'],
    ['user.uid', String(event.uid)],
    ['rule', rule.id],
  ].map(([key, value]) => `${key}=${cutToBytes(harmlessText(value ?? ''), 160)}`);
  const tags = [...rule.tags, rule.mitre.id];
  return fillFields(
    {
      output: outputLine(time, priority, `${name}: ${what}`, who),
      priority,
      rule: name,
      time,
      source: 'syscall',
      hostname: hostNameOf(event.hostName),
      tags: [...new Set(tags)].slice(0, maxTags).map((tag) => cutToBytes(harmlessText(tag), maxTagBytes)),
      output_fields: {},
    },
    fieldsOf(report, id),
  );
}

/**
 * The finding of `--test-integrations`. It has the highest priority that a finding can have, so that it passes
 * wherever findings can. Its rule is not called `Test rule`: falcosidekick treats that name in its own way.
 */
export function testPayload(id: string, hostname: string, time: Date): Payload {
  const moment = toRfc3339(BigInt(time.getTime()) * 1_000_000n);
  const priority = priorityOfSeverity.critical;
  const rule = 'Tracee integration test';
  return {
    output: outputLine(moment, priority, `${rule}: sent on request, nothing was detected`, [
      `tracee.finding.id=${id}`,
    ]),
    priority,
    rule,
    time: moment,
    source: 'syscall',
    hostname: hostNameOf(hostname),
    tags: ['test'],
    output_fields: {
      ...{ 'tracee.finding.id': id, 'tracee.test': 'true' },
      'evt.hostname': hostNameOf(hostname),
    },
  };
}

/** Falco's form; falcosidekick's `outputFieldFormat` works with no other. */
function outputLine(time: string, priority: Priority, text: string, pairs: readonly string[]): string {
  const clock = time.slice('2021-02-18T'.length, -'Z'.length);
  const tail = ` (${pairs.join(' ')})`;
  const head = `${clock}: ${priority} `;
  const room = maxOutputBytes - goJsonBytes(head) - goJsonBytes(tail);
  return `${head}${cutToBytes(harmlessText(text), Math.max(room, minCutBytes))}${tail}`;
}

/** Adds fields, the most telling first, as long as there is room. */
function fillFields(payload: Payload, fields: readonly Field[]): Payload {
  const { output_fields: kept } = payload;
  const omitted: string[] = [];
  let room = maxPayloadBytes - addedBytes - omittedBytes - goJsonBytes(payload);
  for (const { key, value } of fields) {
    if (value === '') continue;
    const limit = Math.min(maxFieldBytes, room - costOf(key, ''));
    const fitting = cutToBytes(value, limit);
    if (limit < minCutBytes && fitting !== value) omitted.push(key);
    else {
      kept[key] = fitting;
      room -= costOf(key, fitting);
    }
  }
  if (omitted.length > 0) kept['tracee.omitted'] = cutToBytes(omitted.join(', '), maxOmittedBytes);
  return payload;
}

const maxOmittedBytes = 128;
const omittedBytes = maxOmittedBytes + costOf('tracee.omitted', '');

function costOf(key: string, value: string): number {
  return goJsonBytes(key) + goJsonBytes(value) + ':,'.length;
}

function ruleName(name: string, id: string): string {
  const text = cutToBytes(harmlessText(name), maxRuleBytes).trim();
  if (text === '') return cutToBytes(harmlessText(id), maxRuleBytes);
  // To falcosidekick this name means its own test, which passes every `minimumpriority`.
  return text === 'Test rule' ? `${text} (${cutToBytes(harmlessText(id), maxTagBytes)})` : text;
}

function hostNameOf(name: string): string {
  return name === '' ? 'unknown' : cutToBytes(harmlessText(name), maxHostNameBytes);
}

/** Nanoseconds since 1970. Never after the finding was told: then the event is of another boot. */
function eventTime({ finding, toldAt }: FindingReport, clockOffset: bigint): bigint {
  const time = BigInt(Math.round(finding.event.time)) + clockOffset;
  const told = BigInt(toldAt.getTime()) * 1_000_000n + 999_999n;
  return time > told || time < 0n ? told - 999_999n : time;
}

/** Node.js reads CLOCK_MONOTONIC, as the kernel side does. */
function wallClockOffset(): bigint {
  return BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
}

/** `2021-02-18T08:55:21.123456789Z` */
function toRfc3339(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000n))
    .toISOString()
    .slice(0, '2021-02-18T08:55:21'.length);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}
