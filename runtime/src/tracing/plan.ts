import type { Architecture } from '../artifact/manifest.js';
import type { HookKind } from '../events/layout.js';
import type { EventDefinition } from '../events/types.js';
import type { Proof } from './proof.js';
import { rungsOfHook, rungsOfSyscalls, type Attachment, type RungOrReason } from './rungs.js';

/** How one event is served, or why it is not. */
export interface PlannedEvent {
  readonly event: EventDefinition;
  /** Missing where the kernel cannot serve the event. */
  readonly kind: HookKind | undefined;
  readonly attachments: readonly Attachment[];
  /** Whether an act of the runtime's own reached the hooks; missing before they were attached. */
  readonly proof?: Proof;
  /** Better rungs and why they were not taken; all rungs where none could be. */
  readonly passedOver: readonly { readonly kind: HookKind; readonly reason: string }[];
}

/** Says why an attachment cannot be used on this kernel; undefined where it can, as far as is known. */
export type Obstacle = (attachment: Attachment) => string | undefined;

/** Takes the best rung of each event that meets no obstacle. */
export function makePlan(
  events: readonly EventDefinition[],
  arch: Architecture,
  obstacle: Obstacle,
): readonly PlannedEvent[] {
  const syscalls = planSyscalls(
    events.filter((event) => event.syscall !== undefined),
    arch,
    obstacle,
  );
  return events.map((event) => ({
    event,
    ...(syscalls.get(event) ?? climb(rungsOfHook(event), obstacle)),
  }));
}

/**
 * Functions of syscalls are hooked one by one, so that some can stand on trampolines and the others on
 * kprobes (Linux 5.10 describes execveat as a function without arguments, which rules a trampoline out). On
 * tracepoints stand all or none: they see every call, and would report those of the others twice.
 */
function planSyscalls(
  events: readonly EventDefinition[],
  arch: Architecture,
  obstacle: Obstacle,
): Map<EventDefinition, Climbed> {
  const isOn = (kind: HookKind, group: readonly EventDefinition[]): boolean =>
    climb(rungsOfSyscalls(group, arch), obstacle).kind === kind;
  const onTrampolines = events.filter((event) => isOn('trampoline', [event]));
  const onKprobes = events.filter((event) => !onTrampolines.includes(event));
  const groups = [onTrampolines, onKprobes];
  const isDivided = isOn('trampoline', onTrampolines) && isOn('kprobe', onKprobes);
  return new Map(
    (isDivided ? groups : [events]).flatMap((group) => {
      const climbed = climb(rungsOfSyscalls(group, arch), obstacle);
      return group.map((event) => [event, shareOf(event, climbed)] as const);
    }),
  );
}

/** What of a common rung serves this one: its own functions, or the tracepoints of all. */
function shareOf(event: EventDefinition, shared: Climbed): Climbed {
  const isRead = event.syscall?.isReadOnEntry === true;
  const attachments = shared.attachments.filter(({ target }) =>
    target === 'sys_enter' ? isRead : target === 'sys_exit' || target.endsWith(`_sys_${event.name}`),
  );
  return { ...shared, attachments };
}

/** Every attachment of a plan, once. */
export function attachmentsOf(plan: readonly PlannedEvent[]): Attachment[] {
  const all = plan.flatMap((planned) => planned.attachments);
  return [...new Map(all.map((one) => [`${one.program} ${one.target}`, one])).values()];
}

type Climbed = Omit<PlannedEvent, 'event'>;

function climb(rungs: readonly RungOrReason[], obstacle: Obstacle): Climbed {
  const passedOver: { kind: HookKind; reason: string }[] = [];
  for (const rung of rungs) {
    if ('reason' in rung) {
      passedOver.push({ kind: rung.kind, reason: rung.reason });
      continue;
    }
    const met = rung.attachments.map((one) => ({ one, reason: obstacle(one) }));
    const blocking = met.find(({ one, reason }) => reason !== undefined && !one.isOptional);
    if (blocking?.reason === undefined) {
      const attachments = met.flatMap(({ one, reason }) => (reason === undefined ? [one] : []));
      return { kind: rung.kind, attachments, passedOver };
    }
    passedOver.push({ kind: rung.kind, reason: blocking.reason });
  }
  return { kind: undefined, attachments: [], passedOver };
}
