import type { PlannedEvent } from '../tracing/plan.js';

/** The plan as a table: event, hook, where it attaches, and why nothing better was taken. */
export function planToText(plan: readonly PlannedEvent[]): string {
  const rows = plan.flatMap(({ event, kind, attachments, passedOver }) => [
    [
      event.name.padEnd(22),
      (kind ?? 'unavailable').padEnd(15),
      attachments.map((one) => one.target).join(', ') || '-',
    ].join(' '),
    ...passedOver.map(({ kind: passed, reason }) => `${' '.repeat(23)}not ${passed}: ${reason}`),
  ]);
  return [`${'EVENT'.padEnd(22)} ${'HOOK'.padEnd(15)} ATTACHED TO`, ...rows].join('\n');
}

/** The same for programs: one JSON document on one line. */
export function planToJson(plan: readonly PlannedEvent[]): string {
  return JSON.stringify(
    plan.map(({ event, kind, attachments, passedOver }) => ({
      event: event.name,
      hook: kind ?? null,
      attachments: attachments.map(({ program, target }) => ({ program, target })),
      passedOver,
    })),
  );
}
