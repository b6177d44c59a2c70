import type { HookKind } from '../events/layout.js';
import { syscallEntrySlots, syscallExitSlots } from '../events/programs.js';
import type { EventDefinition, FunctionHook, SyscallEntry, TracepointHook } from '../events/types.js';
import { entriesOn } from './syscall-entries.js';
import type { Architecture } from '../artifact/manifest.js';

/** One program and where it attaches. */
export interface Attachment {
  readonly program: string;
  readonly kind: HookKind;
  /** Function or tracepoint. */
  readonly target: string;
  readonly isReturn: boolean;
  /** The target may be missing: a kernel without 32-bit programs has no 32-bit entries. */
  readonly isOptional: boolean;
}

/** One way to serve an event. */
export interface Rung {
  readonly kind: HookKind;
  readonly attachments: readonly Attachment[];
}

/** Thrown away by the planner with this text where a rung cannot be built for a selection. */
export type RungOrReason = Rung | { readonly kind: HookKind; readonly reason: string };

/** Not of a return and not optional, unless said so. */
export const attachment = (
  kind: HookKind,
  program: string,
  target: string,
  more: { isReturn?: boolean; isOptional?: boolean } = {},
): Attachment => ({
  kind,
  program,
  target,
  isReturn: more.isReturn ?? false,
  isOptional: more.isOptional ?? false,
});

/** Ladder of an event that is no syscall, best first. */
export function rungsOfHook({ name, hooks }: EventDefinition): Rung[] {
  if (hooks === undefined) throw new RangeError(`${name} has no hooks`);
  return hooks.kind === 'tracepoint' ? rungsOfTracepoint(hooks) : rungsOfFunction(hooks);
}

const tracepointKinds = ['tp_btf', 'raw_tracepoint'] as const;
const tracepointPrefixes = { tp_btf: 'tp_btf', raw_tracepoint: 'raw_tp' } as const;

function rungsOfTracepoint({ tracepoint, formerly, program, beside }: TracepointHook): Rung[] {
  const targets = formerly === undefined ? [tracepoint] : [tracepoint, formerly];
  return tracepointKinds.flatMap((kind) => {
    const at = (name: string, target: string): Attachment =>
      attachment(kind, `${tracepointPrefixes[kind]}__${name}`, target);
    const more = beside === undefined ? [] : [at(beside.program, beside.tracepoint)];
    return targets.map((target) => ({ kind, attachments: [at(program ?? target, target), ...more] }));
  });
}

function rungsOfFunction(hooks: FunctionHook): Rung[] {
  const { lsm, standIn } = hooks;
  const isReturn = hooks.isReturn === true;
  const functions = [hooks.function, ...(hooks.others ?? [])];
  const trampoline = isReturn ? 'fexit' : 'fentry';
  return [
    {
      kind: 'trampoline',
      attachments: functions.map((one) => attachment('trampoline', `${trampoline}__${one}`, one)),
    },
    {
      kind: 'kprobe',
      attachments: functions.flatMap((one) => [
        attachment('kprobe', `kprobe__${one}`, one),
        ...(isReturn ? [attachment('kprobe', `kretprobe__${one}`, one, { isReturn })] : []),
      ]),
    },
    ...(lsm === undefined
      ? []
      : [{ kind: 'lsm' as const, attachments: [attachment('lsm', `lsm__${lsm}`, `bpf_lsm_${lsm}`)] }]),
    ...(standIn === undefined
      ? []
      : rungsOfTracepoint({ kind: 'tracepoint', tracepoint: standIn, program: hooks.function })),
  ];
}

/**
 * Ladder of all selected syscalls together: they share the programs' bitmap of selected numbers, so two
 * rungs at once would report a call twice.
 */
export function rungsOfSyscalls(events: readonly EventDefinition[], arch: Architecture): RungOrReason[] {
  const exits = events
    .filter((event) => event.syscall?.neverReturns !== true)
    .flatMap((event) => syscallFunctions(event, arch));
  const lost = events.filter((event) => syscallFunctions(event, arch).length === 0);
  const reason =
    lost.length > 0 ? `no function serves ${lost.map(({ name }) => name).join(', ')}` : undefined;
  const entries = events
    .filter((event) => event.syscall?.isReadOnEntry === true)
    .flatMap((event) => syscallFunctions(event, arch));
  return [
    reason === undefined ? trampolines(exits, entries) : { kind: 'trampoline', reason },
    reason === undefined ? kprobes(exits, entries) : { kind: 'kprobe', reason },
    tracepoints('tp_btf', 'tp_btf', entries.length > 0),
    tracepoints('raw_tracepoint', 'raw_tp', entries.length > 0),
  ];
}

export interface SyscallFunction {
  name: string;
  isOptional: boolean;
}

/** Where the kernel's symbols of an architecture begin for 64-bit and 32-bit callers. */
const prefixes = {
  x86_64: { native: '__x64_', compat: '__ia32_' },
  aarch64: { native: '__arm64_', compat: '__arm64_' },
} as const;

/**
 * `ptrace` on x86-64 -> `__x64_sys_ptrace`, `__ia32_compat_sys_ptrace`. Those of 32-bit callers may be missing,
 * and are called otherwise in older kernels.
 */
export function syscallFunctions({ syscall }: EventDefinition, arch: Architecture): SyscallFunction[] {
  if (syscall === undefined) return [];
  const { native, compat } = entriesOn(syscall, arch);
  const own = named(native, prefixes[arch].native);
  const others = named(compat, prefixes[arch].compat).filter((name) => !own.includes(name));
  return [
    ...own.map((name) => ({ name, isOptional: false })),
    ...others.map((name) => ({ name, isOptional: true })),
  ];
}

function named(entries: readonly SyscallEntry[], prefix: string): string[] {
  return [...new Set(entries.flatMap(([, entered]) => (entered === null ? [] : [`${prefix}${entered}`])))];
}

function trampolines(exits: SyscallFunction[], entries: SyscallFunction[]): RungOrReason {
  if (exits.length > syscallExitSlots || entries.length > syscallEntrySlots) {
    return {
      kind: 'trampoline',
      reason: `${exits.length} functions to return from and ${entries.length} to enter are more than its ${syscallExitSlots} and ${syscallEntrySlots} slots`,
    };
  }
  return {
    kind: 'trampoline',
    attachments: [
      ...entries.map((f, slot) => attachment('trampoline', `fentry__syscall_${slot}`, f.name, f)),
      ...exits.map((f, slot) => attachment('trampoline', `fexit__syscall_${slot}`, f.name, f)),
    ],
  };
}

/** With more, attaching takes seconds, and each call costs more than a look at every call does. */
const maxKprobes = 120;

function kprobes(exits: SyscallFunction[], entries: SyscallFunction[]): RungOrReason {
  if (exits.length > maxKprobes) {
    return {
      kind: 'kprobe',
      reason: `${exits.length} functions to return from are more than the ${maxKprobes} that are hooked one by one`,
    };
  }
  return {
    kind: 'kprobe',
    attachments: [
      ...entries.map((f) => attachment('kprobe', 'kprobe__syscall', f.name, f)),
      ...exits.map((f) => attachment('kprobe', 'kretprobe__syscall', f.name, { ...f, isReturn: true })),
    ],
  };
}

function tracepoints(kind: HookKind, prefix: string, withEntry: boolean): Rung {
  const exit = attachment(kind, `${prefix}__sys_exit`, 'sys_exit');
  return {
    kind,
    attachments: withEntry ? [attachment(kind, `${prefix}__sys_enter`, 'sys_enter'), exit] : [exit],
  };
}
