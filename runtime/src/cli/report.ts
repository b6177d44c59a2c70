import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { escapeText } from '../output/escape.js';
import type { PlannedEvent } from '../tracing/plan.js';
import type { EventCounts } from '../tracing/kernel-config.js';

/** Messages to people: stderr. */
export function say(text: string): void {
  process.stderr.write(`tracee: ${text}\n`);
}

/** Data: stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints an error and gives the status to end with. A bug shows its stack, a user's mistake its mend. */
export function report(error: unknown): number {
  if (!(error instanceof TraceeError)) {
    process.stderr.write(
      `tracee: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  }
  say(error.message.split('\n').map(escapeText).join('\n'));
  if (error.hint !== undefined) process.stderr.write(`  ${escapeText(error.hint)}\n`);
  return error.status;
}

/** Events that this kernel cannot serve are named; what can run runs. */
export function warnOfGaps(plan: readonly PlannedEvent[]): void {
  for (const { event, kind, passedOver } of plan) {
    if (kind !== undefined) continue;
    say(
      `${event.name} is unavailable here: ${passedOver.map((one) => `${one.kind}: ${one.reason}`).join('; ')}`,
    );
  }
}

/** `3 events (ptrace 3), 0 lost`; the sum is exact once the tracer has stopped. */
export function describeCounts(counts: Map<EventDefinition, EventCounts>): string {
  const seen = [...counts].filter(([, { produced }]) => produced > 0n);
  const total = (field: keyof EventCounts): bigint => seen.reduce((sum, [, one]) => sum + one[field], 0n);
  const detail = seen.map(([event, { produced }]) => `${event.name} ${produced}`).join(', ');
  const lost = seen
    .filter(([, one]) => one.lost > 0n)
    .map(([event, one]) => `${event.name} ${one.lost}`)
    .join(', ');
  return [
    `${total('produced')} events${detail === '' ? '' : ` (${detail})`}`,
    `${total('submitted')} delivered`,
    `${total('lost')} lost${lost === '' ? '' : ` (${lost})`}`,
  ].join(', ');
}

export type EventPrinter = (event: TracedEvent) => void;
