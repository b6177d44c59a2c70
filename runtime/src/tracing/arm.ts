import { TraceeError } from '../errors.js';
import { readOnEntryBit, wireCodes, type BufferKind, type HookKind } from '../events/layout.js';
import { identifySelfProgram, programs } from '../events/programs.js';
import { wireOfType } from '../events/argument-types.js';
import { checksOf, type EventDefinition } from '../events/types.js';
import type { Kernel } from '../host/kernel.js';
import { BpfObject, LibbpfError, type BpfLink, type BpfProgram } from '../libbpf/index.js';
import { configureCaptures, type CaptureRequest, type PlannedCapture } from './captures.js';
import {
  closeBuffers,
  isTaskTyped,
  openBuffers,
  prepareBuffers,
  type Buffers,
  type BufferSizes,
  type LoadSettings,
} from './buffers.js';
import { KernelConfig, type EventSelection } from './kernel-config.js';
import type { Obstacles } from './obstacles.js';
import { attachmentsOf, type PlannedEvent } from './plan.js';
import type { Attachment } from './rungs.js';
import type { Scope } from './scope.js';

/** What is to be traced, and with what. */
export interface ArmOptions {
  /** The object's bytes, verified. */
  readonly object: Uint8Array;
  readonly selections: readonly EventSelection[];
  readonly scope: Scope;
  /** Records have the stack of their process. */
  readonly withStacks?: boolean | undefined;
  /** The controller of cgroup v1 whose tree tells containers apart, where not that of v2 does. */
  readonly cgroupController?: number | undefined;
  readonly kernel: Kernel;
  readonly buffer: BufferKind;
  readonly bufferSizes: BufferSizes;
  /** What is captured; nothing where it is missing. */
  readonly captures?: CaptureRequest | undefined;
  /** Kinds of hooks that may be used; all where it is missing. */
  readonly hooks?: readonly HookKind[];
}

/** A loaded object with all its hooks attached. */
export interface ArmedObject {
  readonly object: BpfObject;
  readonly config: KernelConfig;
  readonly buffers: Buffers;
  readonly captures: readonly PlannedCapture[];
  readonly links: BpfLink[];
  /** The programs that are loaded. */
  readonly programs: readonly BpfProgram[];
}

/** What is planned, of events and of captures. */
export interface ArmPlan {
  readonly events: readonly PlannedEvent[];
  readonly captures: readonly PlannedCapture[];
}

const programNames = programs.map((program) => program.name);

/**
 * Loads and attaches what a plan asks for; nothing is traced yet. Undefined where something failed that the next plan will avoid,
 * since `obstacles` has learned it. Throws OBJECT_INVALID and OBJECT_REJECTED.
 */
export function arm(options: ArmOptions, plan: ArmPlan, obstacles: Obstacles): ArmedObject | undefined {
  const attachments = attachmentsIn(plan);
  const object = openObject(options.object);
  const links: BpfLink[] = [];
  let buffers: Buffers | undefined;
  let isArmed = false;
  try {
    if (!load(object, plan, options, obstacles)) return undefined;
    const config = configure(object, options, plan, attachments);
    buffers = openBuffers(object, options.buffer, options.bufferSizes);
    for (const attachment of attachments) {
      const link = attach(object, attachment, obstacles);
      if (link !== undefined) links.push(link);
      else if (!attachment.isOptional) return undefined;
    }
    isArmed = true;
    const loaded = loadedPrograms(attachments).map((name) => object.program(name));
    return { object, config, buffers, captures: plan.captures, links, programs: loaded };
  } finally {
    if (!isArmed) {
      for (const link of links) link.destroy();
      if (buffers !== undefined) closeBuffers(buffers);
      object.close();
    }
  }
}

function openObject(bytes: Uint8Array): BpfObject {
  try {
    return BpfObject.openMemory(bytes);
  } catch (cause) {
    if (!(cause instanceof LibbpfError)) throw cause;
    throw new TraceeError('OBJECT_INVALID', 'libbpf cannot read the BPF object', {
      hint: 'build it again: make bpf',
      cause,
    });
  }
}

/** Captures come first: the memory where their content stands is for as many programs only. */
function attachmentsIn({ events, captures }: ArmPlan): Attachment[] {
  return attachmentsOf([...captures, ...events]);
}

function load(object: BpfObject, plan: ArmPlan, options: ArmOptions, obstacles: Obstacles): boolean {
  const attachments = attachmentsIn(plan);
  const loaded = loadedPrograms(attachments);
  for (const program of object.programs()) {
    program.setAutoload(program.name === identifySelfProgram || loaded.includes(program.name));
  }
  object.map('scratches').setMaxEntries(Math.max(loaded.length, 1));
  if (options.scope.container === undefined) object.map('container_groups').setMaxEntries(1);
  if (options.scope.follows !== true) object.map('scope_followed').setMaxEntries(1);
  prepareBuffers(object, options.buffer, options.bufferSizes, loadSettings(plan.events, options));
  const capturing = loadedPrograms(attachmentsOf(plan.captures)).length;
  if (capturing > 0) object.map('capture_places').setMaxEntries(capturing);
  try {
    for (const { kind, program, target } of attachments) {
      if (kind === 'trampoline') object.program(program).setAttachTarget(target);
    }
    object.load();
    return true;
  } catch (error) {
    if (!(error instanceof LibbpfError)) throw error;
    const failed = attachments.find((one) => one.program === error.programName);
    if (failed === undefined) throw rejected(error);
    obstacles.learnFromLoad(error, failed);
    return false;
  }
}

function loadedPrograms(attachments: readonly Attachment[]): string[] {
  return [...new Set(attachments.map((one) => one.program))];
}

function configure(
  object: BpfObject,
  options: ArmOptions,
  plan: ArmPlan,
  attachments: readonly Attachment[],
): KernelConfig {
  identifySelf(object);
  const config = new KernelConfig(object);
  if (config.selfPid === 0) config.selfPid = process.pid;
  config.setScratchSlots(programNames, loadedPrograms(attachments));
  config.setScope(options.scope);
  config.setCgroupController(options.cgroupController);
  config.select(options.selections, options.kernel.arch, carriersIn(plan.events));
  if (options.captures !== undefined)
    configureCaptures(object, plan.captures, options.captures, options.kernel.arch);
  return config;
}

/** The code of what is not asked for is cut out before the verifier looks at it. */
function loadSettings(plan: readonly PlannedEvent[], options: ArmOptions): LoadSettings {
  const calls = plan.flatMap(({ event, carriers }) => [event, ...(carriers ?? [])]);
  const codes: Readonly<Record<string, number>> = wireCodes;
  let wires = 0;
  for (const { syscall, arguments: list } of calls) {
    if (syscall === undefined) continue;
    for (const { type } of list) wires |= 1 << (codes[wireOfType[type]] ?? 0);
    if (syscall.isReadOnEntry === true) wires |= readOnEntryBit;
  }
  return {
    events: checksOf(plan.map(({ event }) => event)),
    carried: checksOf(plan.flatMap(({ event, carriers }) => (carriers === undefined ? [] : [event]))),
    wires,
    stacks: options.withStacks === true ? 1 : 0,
    filters: (options.scope.filters ?? []).length > 0 ? 1 : 0,
    typed_task: isTaskTyped(options.kernel) ? 1 : 0,
    comparisons: options.selections.some(({ comparisons }) => (comparisons ?? []).length > 0) ? 1 : 0,
  };
}

/** What each system call is to be looked at for when it returns. */
function carriersIn(plan: readonly PlannedEvent[]): Map<EventDefinition, number> {
  const checks = new Map<EventDefinition, number>();
  for (const { event, carriers } of plan) {
    const check = checksOf([event]);
    for (const carrier of carriers ?? []) checks.set(carrier, (checks.get(carrier) ?? 0) | check);
  }
  return checks;
}

/** Kernels before 5.10 cannot run a program on request; there the pid is right outside pid namespaces. */
function identifySelf(object: BpfObject): void {
  try {
    object.program(identifySelfProgram).testRun();
  } catch (error) {
    if (!(error instanceof LibbpfError)) throw error;
  }
}

function attach(object: BpfObject, attachment: Attachment, obstacles: Obstacles): BpfLink | undefined {
  const program = object.program(attachment.program);
  try {
    switch (attachment.kind) {
      case 'tp_btf':
      case 'trampoline':
        return program.attachTrace();
      case 'raw_tracepoint':
        return program.attachRawTracepoint(attachment.target);
      case 'kprobe':
        return program.attachKprobe(attachment.target, { isReturn: attachment.isReturn });
      case 'lsm':
        return program.attachLsm();
    }
  } catch (error) {
    if (!(error instanceof LibbpfError)) throw error;
    obstacles.learnFromAttach(error, attachment);
    return undefined;
  }
}

function rejected(cause: LibbpfError): TraceeError {
  const log = cause.log
    .trimEnd()
    .split('\n')
    .slice(-12)
    .map((line) => `\n  ${line}`)
    .join('');
  return new TraceeError('OBJECT_REJECTED', `the kernel refused the BPF object: ${cause.message}${log}`, {
    hint: 'build the object for this kernel: make bpf',
    cause,
  });
}
