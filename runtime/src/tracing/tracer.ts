import { TraceeError } from '../errors.js';
import { decodeRecord, type TracedEvent } from '../events/record.js';
import { findEvent } from '../events/catalogue/index.js';
import { identifySelfProgram, programs } from '../events/programs.js';
import type { EventDefinition } from '../events/types.js';
import { descendantsOf } from '../host/processes.js';
import type { Kernel } from '../host/kernel.js';
import { BpfObject, LibbpfError, RingBuffer, type BpfLink } from '../libbpf/index.js';
import { KernelConfig, type EventCounts, type EventOptions } from './kernel-config.js';
import { Obstacles } from './obstacles.js';
import { attachmentsOf, makePlan, type PlannedEvent } from './plan.js';
import { pump } from './pump.js';
import type { Attachment } from './rungs.js';
import type { Scope } from './scope.js';

export interface TracerOptions extends EventOptions {
  readonly object: Uint8Array;
  readonly events: readonly EventDefinition[];
  readonly scope: Scope;
  readonly kernel: Kernel;
}

const programNames = programs.map((program) => program.name);

/** A rung can fail at load or at attach, and each failure rules out at least one program. */
const maxAttempts = programs.length;

/** Events of processes' lives that following a tree needs, whether or not they are reported. */
const treeEvents = ['sched_process_fork', 'sched_process_exit'];

/**
 * An armed object: loaded from memory, told what to trace, attached. Throws KERNEL_UNSUPPORTED where no
 * selected event can be served, OBJECT_REJECTED where the kernel refuses the object whatever is chosen.
 */
export class Tracer {
  /** How each selected event is served. */
  readonly plan: readonly PlannedEvent[];
  readonly #object: BpfObject;
  readonly #config: KernelConfig;
  readonly #ring: RingBuffer;
  readonly #links: BpfLink[];
  readonly #stopping = new AbortController();

  private constructor(parts: ArmedObject, plan: readonly PlannedEvent[]) {
    this.plan = plan;
    this.#object = parts.object;
    this.#config = parts.config;
    this.#ring = parts.ring;
    this.#links = parts.links;
  }

  static start(options: TracerOptions): Tracer {
    using obstacles = new Obstacles(options.kernel);
    const needed = neededEvents(options);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const plan = makePlan(needed, options.kernel.arch, obstacles.find);
      const reported = plan.filter((planned) => options.events.includes(planned.event));
      if (reported.every((planned) => planned.kind === undefined)) throw unsupported(reported);
      const armed = tryToArm(options, plan, obstacles);
      if (armed !== undefined) return new Tracer(armed, reported);
    }
    throw new TraceeError('KERNEL_UNSUPPORTED', 'no combination of hooks could be attached');
  }

  /** Hands every event to `onEvent` until {@link stop}, then what was still in the buffer. */
  async run(onEvent: (event: TracedEvent) => void): Promise<void> {
    await pump({
      ring: this.#ring,
      onRecord: (offset, length) => onEvent(decodeRecord(this.#ring.view, offset, length)),
      setWakeup: (bytes) => this.#config.setWakeup(bytes),
      signal: this.#stopping.signal,
      detach: () => this.#detach(),
    });
  }

  /** Ends {@link run} after the buffer was emptied. */
  stop(): void {
    this.#stopping.abort();
    this.#ring.wake();
  }

  /** Records since start, by event; exact once {@link run} has ended. */
  counts(): Map<EventDefinition, EventCounts> {
    return this.#config.counts();
  }

  async close(): Promise<void> {
    this.#detach();
    await this.#ring.close();
    this.#object.close();
  }

  #detach(): void {
    for (const link of this.#links.splice(0)) link.destroy();
  }
}

interface ArmedObject {
  object: BpfObject;
  config: KernelConfig;
  ring: RingBuffer;
  links: BpfLink[];
}

function neededEvents(options: TracerOptions): readonly EventDefinition[] {
  if (options.scope.trees.length === 0) return options.events;
  const lives = treeEvents.flatMap((name) => findEvent(name) ?? []);
  return [...new Set([...options.events, ...lives])];
}

/** Undefined where something failed that the next plan will avoid. */
function tryToArm(
  options: TracerOptions,
  plan: readonly PlannedEvent[],
  obstacles: Obstacles,
): ArmedObject | undefined {
  const attachments = attachmentsOf(plan);
  const object = openObject(options.object);
  const links: BpfLink[] = [];
  const giveUp = (): undefined => {
    for (const link of links) link.destroy();
    object.close();
  };
  if (!load(object, attachments, obstacles)) return giveUp();
  const config = configure(object, options, attachments);
  for (const attachment of attachments) {
    const link = attach(object, attachment, obstacles);
    if (link !== undefined) links.push(link);
    else if (!attachment.isOptional) return giveUp();
  }
  /* Children born between the first look at /proc and the attachment to fork. */
  config.addToTree(options.scope.trees.flatMap(descendantsOf));
  return { object, config, links, ring: new RingBuffer(object.map('events')) };
}

function openObject(bytes: Uint8Array): BpfObject {
  try {
    return BpfObject.openMemory(bytes);
  } catch (cause) {
    throw new TraceeError('OBJECT_INVALID', 'libbpf cannot read the BPF object', {
      hint: 'build it again: make bpf',
      cause,
    });
  }
}

function load(object: BpfObject, attachments: readonly Attachment[], obstacles: Obstacles): boolean {
  const loaded = loadedPrograms(attachments);
  for (const program of object.programs()) {
    program.setAutoload(program.name === identifySelfProgram || loaded.includes(program.name));
  }
  object.map('scratches').setMaxEntries(Math.max(loaded.length, 1));
  try {
    for (const { kind, program, target } of attachments) {
      if (kind === 'trampoline') object.program(program).setAttachTarget(target);
    }
    object.load();
    return true;
  } catch (error) {
    const failed =
      error instanceof LibbpfError && attachments.find((one) => one.program === error.programName);
    if (!(error instanceof LibbpfError) || failed === undefined || failed === false) throw rejected(error);
    obstacles.learnFromLoad(error, failed);
    return false;
  }
}

function loadedPrograms(attachments: readonly Attachment[]): string[] {
  return [...new Set(attachments.map((one) => one.program))];
}

function configure(
  object: BpfObject,
  options: TracerOptions,
  attachments: readonly Attachment[],
): KernelConfig {
  identifySelf(object);
  const config = new KernelConfig(object);
  if (config.selfPid === 0) config.selfPid = process.pid;
  config.setScratchSlots(programNames, loadedPrograms(attachments));
  config.setScope(options.scope);
  config.addToTree(options.scope.trees.flatMap(descendantsOf));
  config.select(options.events, options, options.kernel.arch);
  config.arm();
  return config;
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

function unsupported(plan: readonly PlannedEvent[]): TraceeError {
  const lines = plan.map(
    ({ event, passedOver }) =>
      `  ${event.name}: ${passedOver.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')}`,
  );
  return new TraceeError(
    'KERNEL_UNSUPPORTED',
    `this kernel cannot serve what was asked for:\n${lines.join('\n')}`,
    {
      hint: 'tracee --plan shows what each event needs',
    },
  );
}

function rejected(cause: unknown): TraceeError {
  const log = cause instanceof LibbpfError ? lastLines(cause.log, 12) : '';
  const what = cause instanceof Error ? cause.message : String(cause);
  return new TraceeError('OBJECT_REJECTED', `the kernel refused the BPF object: ${what}${log}`, {
    hint: 'build the object for this kernel: make bpf',
    cause,
  });
}

function lastLines(log: string, count: number): string {
  const lines = log.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `\n  ${line}`).join('');
}
