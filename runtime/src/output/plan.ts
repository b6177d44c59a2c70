import type { FilterPlace } from '../tracing/filters/places.js';
import type { PlannedCapture } from '../tracing/captures.js';
import type { PlannedEvent } from '../tracing/plan.js';
import { escapeJson, escapeText } from './escape.js';
import type { BufferKind } from '../events/layout.js';

/** Coverage on this kernel: how each event is served, and on which kind of buffer. */
export interface Coverage {
  readonly kernel: { readonly release: string; readonly arch: string };
  readonly plan: readonly PlannedEvent[];
  readonly buffer: BufferKind;
  /** What is asked of processes, arguments and results. */
  readonly filters: readonly FilterPlace[];
  /** What is captured, and how. */
  readonly captures?: readonly PlannedCapture[];
}

/** What is said of a proof. */
export const proofWords = {
  fired: 'fires',
  silent: 'attached, not firing',
  untried: 'not tried',
} as const;

const placeWords: Readonly<Record<FilterPlace['where'], string>> = {
  kernel: 'kernel',
  runtime: 'runtime',
  both: 'kernel, and runtime until a container is known',
};

/** As tables: event, hook, whether it fires, where it attaches, why nothing better was taken; filters, and where they are evaluated. */
export function planToText({ kernel, plan, buffer, filters, captures = [] }: Coverage): string {
  const rows = plan.flatMap(({ event, kind, proof, attachments, passedOver }) => [
    row(
      event.name,
      kind ?? 'unavailable',
      proof === undefined ? '-' : proofWords[proof],
      targetsOf(attachments),
    ),
    ...notTaken(passedOver),
  ]);
  const captured = captures.flatMap(({ capture, kind, attachments, passedOver }) => [
    row(`--capture ${capture}`, kind ?? 'unavailable', '-', targetsOf(attachments)),
    ...notTaken(passedOver),
  ]);
  return [
    `kernel ${kernel.release} (${kernel.arch}), ${buffer} buffer`,
    row('EVENT', 'HOOK', 'PROOF', 'ATTACHED TO'),
    ...rows,
    ...captured,
    ...(filters.length === 0 ? [] : ['', `${'FILTER'.padEnd(38)} EVALUATED IN`]),
    ...filters.map(({ filter, where }) => `${escapeText(filter).padEnd(38)} ${placeWords[where]}`),
  ].join('\n');
}

/** The same for programs: one JSON document on one line. */
export function planToJson({ kernel, plan, buffer, filters, captures = [] }: Coverage): string {
  return escapeJson(
    JSON.stringify({
      kernel: { release: kernel.release, arch: kernel.arch },
      buffer,
      events: plan.map(({ event, kind, proof, attachments, passedOver }) => ({
        event: event.name,
        hook: kind ?? null,
        proof: proof ?? null,
        attachments: attachments.map(({ program, target }) => ({ program, target })),
        passedOver,
      })),
      captures: captures.map(({ capture, kind, attachments, passedOver }) => ({
        capture,
        hook: kind ?? null,
        attachments: attachments.map(({ program, target }) => ({ program, target })),
        passedOver,
      })),
      filters,
    }),
  );
}

function targetsOf(attachments: PlannedCapture['attachments']): string {
  return [...new Set(attachments.map(({ target }) => target))].join(', ') || '-';
}

function notTaken(passedOver: PlannedCapture['passedOver']): string[] {
  return passedOver.map(({ kind, reason }) => `${' '.repeat(23)}not ${kind}: ${reason}`);
}

function row(event: string, hook: string, proof: string, targets: string): string {
  return `${event.padEnd(22)} ${hook.padEnd(15)} ${proof.padEnd(21)} ${targets}`;
}
