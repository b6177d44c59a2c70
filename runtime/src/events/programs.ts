import { catalogue } from './catalogue/index.js';
import type { HookKind } from './layout.js';

/** One BPF program of the object. */
export interface ProgramDefinition {
  /** Name in the object, unique: the kind of hook, two underscores, what it hooks. */
  readonly name: string;
  readonly kind: HookKind;
}

/**
 * Functions that serve selected syscalls one by one need a program each on a trampoline. With more of them
 * selected than there are slots, one program on the `sys_exit` tracepoint serves all.
 */
export const syscallExitSlots = 40;
export const syscallEntrySlots = 4;

const slots = (name: string, count: number): ProgramDefinition[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${name}_${index}`, kind: 'trampoline' }));

const tracepoint = (target: string): ProgramDefinition[] => [
  { name: `tp_btf__${target}`, kind: 'tp_btf' },
  { name: `raw_tp__${target}`, kind: 'raw_tracepoint' },
];

const functionProbes = (target: string, lsm?: string): ProgramDefinition[] => [
  { name: `fentry__${target}`, kind: 'trampoline' },
  { name: `kprobe__${target}`, kind: 'kprobe' },
  ...(lsm === undefined ? [] : [{ name: `lsm__${lsm}`, kind: 'lsm' } as const]),
];

const hooked = catalogue.flatMap(({ hooks }) => hooks ?? []);
/** Several events can be seen in one function. */
const functions = new Map(
  hooked
    .flatMap((hook) => (hook.kind === 'function' ? [hook, ...(hook.other ? [hook.other] : [])] : []))
    .map((hook) => [hook.function, hook.lsm]),
);

/** Programs of captures: they have names of their own, since events stand on the same functions. */
const capturePrograms: readonly ProgramDefinition[] = [
  { name: 'fexit__capture_write', kind: 'trampoline' },
  { name: 'fexit__capture_writev', kind: 'trampoline' },
  { name: 'kprobe__capture_write', kind: 'kprobe' },
  { name: 'kprobe__capture_writev', kind: 'kprobe' },
  { name: 'kretprobe__capture_write', kind: 'kprobe' },
  ...tracepoint('capture_exec'),
  ...functionProbes('capture_mprotect'),
  ...functionProbes('capture_load_data'),
  ...functionProbes('capture_read_file'),
  ...tracepoint('capture_calls'),
];

/** Every program that builds records; its index is where its scratch slot stands in `config`. */
export const programs: readonly ProgramDefinition[] = [
  ...tracepoint('sys_enter'),
  ...tracepoint('sys_exit'),
  ...slots('fentry__syscall', syscallEntrySlots),
  ...slots('fexit__syscall', syscallExitSlots),
  { name: 'kprobe__syscall', kind: 'kprobe' },
  { name: 'kretprobe__syscall', kind: 'kprobe' },
  ...[...new Set(hooked.flatMap((hook) => (hook.kind === 'tracepoint' ? [hook.tracepoint] : [])))].flatMap(
    tracepoint,
  ),
  ...[...functions].flatMap(([target, lsm]) => functionProbes(target, lsm)),
  ...capturePrograms,
];

/** Runs once in the runtime's own context and tells the kernel side who that is. Builds no record. */
export const identifySelfProgram = 'identify_self';
