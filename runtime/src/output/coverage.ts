import type { EventSelector, Way } from '../detection/rule.js';
import type { SightCoverage } from '../detection/ways.js';
import type { PlannedEvent } from '../tracing/plan.js';
import { escapeJson, escapeText } from './escape.js';
import { proofWords } from './plan.js';

/** How rules see on one kernel. */
export interface RuleCoverage {
  readonly kernel: { readonly release: string; readonly arch: string };
  readonly sights: readonly SightCoverage[];
  readonly plan: readonly PlannedEvent[];
  /** Everything was attached and tried, not only foreseen. */
  readonly isTried: boolean;
}

/** For each rule and sight: on what it runs here, what it is blind to, and what it would need to see more. */
export function coverageToText(coverage: RuleCoverage): string {
  const { kernel, sights, isTried } = coverage;
  const tried = isTried ? 'attached and tried' : 'foreseen, not tried';
  const lines = [`kernel ${kernel.release} (${kernel.arch}), ${tried}`];
  for (const [index, covered] of sights.entries()) {
    const { metadata } = covered.rule;
    if (sights[index - 1]?.rule !== covered.rule) {
      lines.push('', escapeText(`${metadata.id} ${metadata.name} (${metadata.severity})`));
    }
    lines.push(...describeSight(covered, coverage.plan));
  }
  return lines.join('\n');
}

/** The same for programs: one JSON document on one line. */
export function coverageToJson({ kernel, sights, plan, isTried }: RuleCoverage): string {
  const rules = [...new Set(sights.map(({ rule }) => rule))];
  return escapeJson(
    JSON.stringify({
      kernel: { release: kernel.release, arch: kernel.arch },
      tried: isTried,
      rules: rules.map((rule) => ({
        id: rule.metadata.id,
        name: rule.metadata.name,
        severity: rule.metadata.severity,
        sights: sights
          .filter((covered) => covered.rule === rule)
          .map(({ sight, way, doubt, passedOver }) => ({
            id: sight.id,
            description: sight.description,
            signal: sight.isSignal === true,
            sees: way === undefined ? 'nothing' : doubt === undefined ? 'yes' : 'doubtful',
            doubt: doubt ?? null,
            blindTo: way?.blindTo ?? null,
            events: eventsOf(way).map((name) => {
              const planned = plan.find(({ event }) => event.name === name);
              return {
                event: name,
                hook: planned?.kind ?? null,
                proof: planned?.proof ?? null,
                targets: [...new Set(planned?.attachments.map(({ target }) => target))],
                calls: planned?.carriers?.map((carrier) => carrier.name) ?? [],
              };
            }),
            passedOver: passedOver.map((one) => ({ events: eventsOf(one.way), reason: one.reason })),
          })),
      })),
    }),
  );
}

function describeSight(
  { sight, way, doubt, passedOver }: SightCoverage,
  plan: readonly PlannedEvent[],
): string[] {
  const signal = sight.isSignal === true ? ' (a signal: only with --signals)' : '';
  const rows: (readonly [string, string])[] = [
    ...(way === undefined ? [['sees', 'nothing on this kernel'] as const] : []),
    ...(way?.events ?? []).map((selector) => ['runs on', describeEvent(selector, plan)] as const),
    ...(doubt === undefined ? [] : [['doubt', doubt] as const]),
    ...(way?.blindTo === undefined ? [] : [['blind to', way.blindTo] as const]),
    ...passedOver.map((one) => [way === undefined ? 'needs' : 'better', describePassedOver(one)] as const),
  ];
  return [
    `  ${escapeText(`${sight.id}: ${sight.description}`)}${signal}`,
    ...rows.map(([label, text]) => `    ${label.padEnd(8)} ${escapeText(text)}`),
  ];
}

/** `ptrace (request 0) on tp_btf sys_exit, fires` */
function describeEvent(selector: EventSelector, plan: readonly PlannedEvent[]): string {
  const planned = plan.find(({ event }) => event.name === selector.event);
  const targets = [...new Set(planned?.attachments.map(({ target }) => target))];
  const calls = planned?.carriers?.map(({ name }) => name) ?? [];
  const proof = planned?.proof === undefined ? '' : `, ${proofWords[planned.proof]}`;
  const carried = calls.length === 0 ? '' : `, seen when these calls return: ${calls.join(', ')}`;
  return `${selector.event}${narrowing(selector)} on ${planned?.kind ?? 'nothing'}: ${targets.join(', ')}${proof}${carried}`;
}

function narrowing({ where, bits, names }: EventSelector): string {
  const parts = [
    ...Object.entries(where ?? {}).map(([name, values]) => `${name} ${values.join(' or ')}`),
    ...Object.entries(bits ?? {}).map(([name, mask]) => `${name} & 0x${mask.toString(16)}`),
    ...(names === undefined ? [] : [`file called ${names.join(' or ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function describePassedOver({ way, reason }: SightCoverage['passedOver'][number]): string {
  return `${eventsOf(way).join(' and ')}, but ${reason}`;
}

function eventsOf(way: Way | undefined): string[] {
  return [...new Set(way?.events.map(({ event }) => event))];
}
