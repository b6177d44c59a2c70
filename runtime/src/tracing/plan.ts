import type { Architecture } from '../artifact/manifest.js';
import type { HookKind } from '../events/layout.js';
import type { EventDefinition } from '../events/types.js';
import type { Proof } from './proof.js';
import { entriesOn } from './syscall-entries.js';
import { findEvent } from '../events/catalogue/index.js';
import {
  rungsOfHook,
  rungsOfSyscalls,
  syscallFunctions,
  type Attachment,
  type RungOrReason,
} from './rungs.js';

/** How one event is served, or why it is not. */
export interface PlannedEvent {
  readonly event: EventDefinition;
  /** Missing where the kernel cannot serve the event. */
  readonly kind: HookKind | undefined;
  readonly attachments: readonly Attachment[];
  /** System calls that lead to it and are looked at when they return. */
  readonly carriers?: readonly EventDefinition[];
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
  const own = new Map(
    events
      .filter((event) => event.syscall === undefined)
      .map((event) => [event, climb(rungsOfHook(event), obstacle)]),
  );
  const carried = new Map(
    [...own].flatMap(([event, { kind }]) => {
      const carriers = carriersOf(event, arch);
      const areNeeded = event.hooks?.kind === 'tracepoint' || kind === undefined;
      return areNeeded && carriers.length > 0 ? [[event, carriers] as const] : [];
    }),
  );
  const called = new Set([
    ...events.filter(({ syscall }) => syscall !== undefined),
    ...[...carried.values()].flat(),
  ]);
  const syscalls = planSyscalls([...called], arch, obstacle);
  return events.map((event) => {
    const climbed = syscalls.get(event) ?? own.get(event);
    if (climbed === undefined) throw new RangeError(`${event.name} was not planned`);
    return { event, ...climbed, ...carriedBy(climbed, carried.get(event) ?? [], syscalls) };
  });
}

/** Those that this architecture has. */
function carriersOf({ hooks }: EventDefinition, arch: Architecture): readonly EventDefinition[] {
  return (hooks?.carriers ?? []).flatMap((name) => {
    const event = findEvent(name);
    const isThere = event?.syscall !== undefined && entriesOn(event.syscall, arch).native.length > 0;
    return isThere ? [event] : [];
  });
}

/** What an event gets of its carriers: their hooks, and the kind of them where it has none of its own. */
function carriedBy(
  climbed: Climbed,
  carriers: readonly EventDefinition[],
  syscalls: ReadonlyMap<EventDefinition, Climbed>,
): Partial<PlannedEvent> {
  const served = carriers.filter((carrier) => syscalls.get(carrier)?.kind !== undefined);
  const [first] = served;
  if (first === undefined) return {};
  return {
    kind: climbed.kind ?? syscalls.get(first)?.kind,
    attachments: unique([
      ...climbed.attachments,
      ...served.flatMap((carrier) => syscalls.get(carrier)?.attachments ?? []),
    ]),
    carriers: served,
  };
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
      return group.map((event) => [event, shareOf(event, climbed, arch)] as const);
    }),
  );
}

/** What of a common rung serves this one: its own functions, or the tracepoints of all. */
function shareOf(event: EventDefinition, shared: Climbed, arch: Architecture): Climbed {
  const isRead = event.syscall?.isReadOnEntry === true;
  const own = new Set(syscallFunctions(event, arch).map(({ name }) => name));
  const attachments = shared.attachments.filter(({ target }) =>
    target === 'sys_enter' ? isRead : target === 'sys_exit' || own.has(target),
  );
  return { ...shared, attachments };
}

/**
 * Every attachment of a plan, once. Programs on one tracepoint run in the order in which they were attached, and what
 * forgets that a process is in scope comes after all that still tell of it.
 */
export function attachmentsOf(plan: readonly Pick<PlannedEvent, 'attachments'>[]): Attachment[] {
  const attachments = unique(plan.flatMap((planned) => planned.attachments));
  const forgets = ({ program }: Attachment): boolean => program.endsWith('__sched_process_exit');
  return [...attachments.filter((one) => !forgets(one)), ...attachments.filter(forgets)];
}

function unique(attachments: readonly Attachment[]): Attachment[] {
  return [...new Map(attachments.map((one) => [`${one.program} ${one.target}`, one])).values()];
}

type Climbed = Omit<PlannedEvent, 'event'>;

/** The best rung of one ladder that meets no obstacle, and why those above it were not taken. */
export function climb(rungs: readonly RungOrReason[], obstacle: Obstacle): Climbed {
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
