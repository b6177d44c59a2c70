import { setTimeout as sleep } from 'node:timers/promises';
import type { RuleHealth } from '../detection/rule-runner.js';
import type { SightCoverage } from '../detection/ways.js';
import { TraceeError } from '../errors.js';
import type { EventDefinition } from '../events/types.js';
import { escapeLines, escapeText } from '../output/escape.js';
import type { PlannedCapture } from '../tracing/captures.js';
import type { OutFile } from '../output/out-file.js';
import type { PlannedEvent } from '../tracing/plan.js';
import type { EventCounts, RouteCounts } from '../tracing/kernel-config.js';
import { StandardOutput } from './standard-output.js';

/** Messages to people: stderr. Whatever stands in them cannot make a terminal obey, or forge a message. */
export function say(text: string): void {
  writeMessage(`tracee: ${escapeLines(text)}\n`);
}

let messages: OutFile | undefined;

/** Messages go to this file from now on. */
export function sayTo(file: OutFile): void {
  messages = file;
}

/** What the file does not take is told where people look first. */
function writeMessage(text: string): void {
  try {
    messages?.write(Buffer.from(text));
  } catch (error) {
    messages = undefined;
    process.exitCode = report(error);
  }
  if (messages === undefined) process.stderr.write(text);
}

/** What commander says of a command line, whose words may be anything. */
export function writeMistake(text: string): void {
  process.stderr.write(`${escapeLines(text.trimEnd())}\n`);
}

/** Characters that are written at once; a write for each line would cost more than making it. */
const chunkLength = 1 << 16;

let unwritten = '';
let output: StandardOutput | undefined;

/** Opened when the first line is printed: most commands of a program that is asked for help print none. */
function standardOutput(): StandardOutput {
  return (output ??= new StandardOutput());
}

/** Data: stdout, as a line. */
export function print(text: string): void {
  write(`${text}\n`);
}

/** Data: stdout. What is written in one turn leaves together, at its end. */
export function write(text: string): void {
  if (unwritten === '') queueMicrotask(writeOut);
  unwritten += text;
  if (unwritten.length >= chunkLength) writeOut();
}

function writeOut(): void {
  if (unwritten === '') return;
  const chunk = Buffer.from(unwritten);
  unwritten = '';
  standardOutput().write(chunk);
}

/** Bytes that wait for a reader who is slower than what is written. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Data: stdout, as it stands. The caller may use the chunk again. */
export function writeChunk(chunk: Uint8Array): void {
  standardOutput().write(chunk);
}

/** Whether stdout takes more: what it does not take is kept in memory. */
export function canWrite(): boolean {
  return standardOutput().waitingBytes < maxWaitingBytes;
}

/** Findings are few, and wait longer for a reader than events do. */
const maxKeptBytes = 64 * 1024 * 1024;

/** Whether stdout keeps more for a reader who takes nothing. */
export function canKeep(): boolean {
  return standardOutput().waitingBytes < maxKeptBytes;
}

/** How long nothing may be taken of what waits, once the program is to end. */
const patienceMs = 200;

let isLeft = false;

/** Waits for a slow reader of stdout, but not for one who takes nothing: what waits for him is told and left. */
export async function leaveOutput(): Promise<void> {
  const stdout = standardOutput();
  for (let waiting = stdout.waitingBytes; waiting > 0; waiting = stdout.waitingBytes) {
    await sleep(patienceMs);
    if (stdout.waitingBytes < waiting) continue;
    say(`${waiting} bytes of output are left: nobody read them`);
    isLeft = true;
    stdout.leave();
    return;
  }
}

/** Whether the process has to be ended although output waits. */
export function isOutputLeft(): boolean {
  return isLeft;
}

/** Prints an error and gives the status to end with. A bug shows its stack, a user's mistake its mend. */
export function report(error: unknown): number {
  if (!(error instanceof TraceeError)) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
  say(error.message);
  if (error.hint !== undefined) writeMessage(`  ${escapeText(error.hint)}\n`);
  return error.status;
}

/** What does not stop the program. */
export function warn({ message, hint }: TraceeError): void {
  say(`warning: ${message}${hint === undefined ? '' : ` (${hint})`}`);
}

/** What rules cannot see on this kernel, and what they may not see: a line for each sight. */
export function describeBlindness(coverage: readonly SightCoverage[]): string[] {
  return coverage.flatMap(({ rule, sight, way, doubt, passedOver }) => {
    const what = `${rule.metadata.id} (${sight.id})`;
    if (way !== undefined) return doubt === undefined ? [] : [`${what} may see nothing here: ${doubt}`];
    return [`${what} sees nothing here: ${passedOver.map(({ reason }) => reason).join('; ')}`];
  });
}

/** What rules missed, and what they cost: a line for each rule that missed something. */
export function describeHealth(rules: readonly RuleHealth[]): string[] {
  return rules.flatMap(({ rule, calls, totalMs, worstMs, failures, unseen, droppedChecks, forgotten }) => {
    const parts = [
      ...(failures === 0 ? [] : [`failed on ${failures} of ${calls} events`]),
      ...(unseen === 0 ? [] : [`was too slow for ${unseen} events, which it never saw`]),
      ...(droppedChecks === 0 ? [] : [`dropped ${droppedChecks} checks for later`]),
      ...(forgotten === 0 ? [] : [`forgot ${forgotten} entries of its memory before their time`]),
    ];
    const averageMs = totalMs / Math.max(calls, 1);
    const cost = `${averageMs.toFixed(2)} ms an event, ${worstMs.toFixed(0)} ms at most`;
    return parts.length === 0 ? [] : [`rule ${rule.metadata.id} ${parts.join(', ')} (${cost})`];
  });
}

/** Events that this kernel cannot serve, or whose hook stays silent, are named; what can run runs. */
export function warnOfGaps(plan: readonly PlannedEvent[]): void {
  for (const { event, kind, proof, passedOver } of plan) {
    if (kind === undefined) {
      const reasons = passedOver.map((one) => `${one.kind}: ${one.reason}`).join('; ');
      say(`${event.name} is unavailable here: ${reasons}`);
    } else if (proof === 'silent') {
      say(`${event.name} may be missed: its ${kind} hook is attached, but not firing`);
    }
  }
}

/** The same for captures. */
export function warnOfUncaptured(plan: readonly PlannedCapture[]): void {
  for (const { capture, kind, passedOver } of plan) {
    if (kind !== undefined) continue;
    const reasons = passedOver.map((one) => `${one.kind}: ${one.reason}`).join('; ');
    say(`--capture ${capture} is unavailable here: ${reasons}`);
  }
}

/**
 * `500001 events (ptrace 500001), 310978 delivered, 189023 lost (ptrace 189023); 1 detection (ptrace 1), …`:
 * what was produced is what was delivered and lost together. Exact once the tracer has stopped.
 */
export function describeCounts(
  counts: ReadonlyMap<EventDefinition, RouteCounts>,
  routes: ReadonlySet<keyof RouteCounts>,
  gaps: { skippedRuns: () => bigint | undefined; malformedRecords: number; discardedEvents: number },
): string {
  const parts = [...routes].map((route) => describeRoute(route, counts));
  const skippedRuns = gaps.skippedRuns();
  if (skippedRuns === undefined) parts.push('this kernel does not count the runs that it skips');
  else if (skippedRuns > 0n) parts.push(`${skippedRuns} runs skipped by the kernel`);
  if (gaps.malformedRecords > 0) parts.push(`${gaps.malformedRecords} records not understood`);
  if (gaps.discardedEvents > 0)
    parts.push(`${gaps.discardedEvents} of the delivered events not printed: nobody read them`);
  return parts.join('; ');
}

function describeRoute(route: keyof RouteCounts, counts: ReadonlyMap<EventDefinition, RouteCounts>): string {
  const seen = [...counts].map(([event, one]) => ({ event, ...one[route] }));
  const sum = (field: keyof EventCounts): bigint => seen.reduce((total, one) => total + one[field], 0n);
  const each = (field: keyof EventCounts): string => {
    const named = seen.filter((one) => one[field] > 0n).map((one) => `${one.event.name} ${one[field]}`);
    return named.length === 0 ? '' : ` (${named.join(', ')})`;
  };
  const noun = sum('produced') === 1n ? route.slice(0, -1) : route;
  return [
    `${sum('produced')} ${noun}${each('produced')}`,
    `${sum('submitted')} delivered`,
    `${sum('lost')} lost${each('lost')}`,
  ].join(', ');
}
