import { TraceeError } from '../errors.js';
import { findEvent } from '../events/catalogue/index.js';
import type { BufferKind } from '../events/layout.js';
import { decodeRecord, type TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { descendantsOf } from '../host/processes.js';
import { pageSize, Poller, type RecordReader } from '../libbpf/index.js';
import { arm, type ArmedObject, type ArmOptions } from './arm.js';
import { bestBufferKind, closeBuffers, type BufferSizes } from './buffers.js';
import type { EventSelection, RouteCounts } from './kernel-config.js';
import { Obstacles } from './obstacles.js';
import { attachmentsOf, makePlan, type PlannedEvent } from './plan.js';
import { proveHooks } from './proof.js';
import { pump } from './pump.js';

export interface TracerOptions extends Omit<ArmOptions, 'buffer' | 'bufferSizes'> {
  /** The best that the kernel has, unless named. */
  readonly buffer?: BufferKind;
  readonly bufferSizes?: BufferSizes;
  /** Names of the object's programs. */
  readonly programs: readonly string[];
}

/** Who takes the records. */
export interface TracerHandlers {
  readonly onEvent: (event: TracedEvent) => void;
  readonly onDetection: (event: TracedEvent) => void;
}

/** Mapped pages count as memory of this process: a buffer that nothing is written to is as small as can be. */
function sizesFor(selections: readonly EventSelection[]): BufferSizes {
  return {
    events: selections.some(({ isTraced }) => isTraced) ? 4 * 1024 * 1024 : pageSize(),
    detections: selections.some(({ isDetected }) => isDetected) ? 1024 * 1024 : pageSize(),
  };
}

/** Each attempt that fails rules out at least one kind or attachment; this is far above what there is. */
const maxAttempts = 64;

/** Events of processes' lives that following a tree needs, whether or not they are reported. */
const treeEvents = ['sched_process_fork', 'sched_process_exit'];

/**
 * An armed object: loaded from memory, told what to trace, attached, its hooks proven. Throws
 * KERNEL_UNSUPPORTED where no selected event can be served, OBJECT_REJECTED where the kernel refuses the
 * object whatever is chosen.
 */
export class Tracer {
  /** How each selected event is served. */
  readonly plan: readonly PlannedEvent[];
  readonly buffer: BufferKind;
  readonly #armed: ArmedObject;
  readonly #poller: Poller;
  readonly #stopping = new AbortController();
  #malformedRecords = 0;

  private constructor(armed: ArmedObject, plan: readonly PlannedEvent[], buffer: BufferKind) {
    this.plan = plan;
    this.buffer = buffer;
    this.#armed = armed;
    this.#poller = new Poller([...armed.buffers.events.fds, ...armed.buffers.detections.fds]);
  }

  static start(options: TracerOptions): Tracer {
    const { kernel, selections } = options;
    const complete: ArmOptions = {
      ...options,
      buffer: options.buffer ?? bestBufferKind(),
      bufferSizes: options.bufferSizes ?? sizesFor(selections),
    };
    using obstacles = new Obstacles(kernel, new Set(options.programs), options.hooks);
    const selected = new Set(selections.map(({ event }) => event));
    const needed = neededEvents(options);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const plan = makePlan(needed, kernel.arch, obstacles.find);
      requireSome(plan.filter(({ event }) => selected.has(event)));
      const armed = arm(complete, plan, obstacles);
      if (armed === undefined) continue;
      const proven = prove(plan, armed, options);
      if (hasBetter(proven, needed, obstacles, options)) {
        disarm(armed);
        continue;
      }
      beginTracing(armed, options);
      const reported = proven.filter(({ event }) => selected.has(event));
      return new Tracer(armed, reported, complete.buffer);
    }
    throw new TraceeError('KERNEL_UNSUPPORTED', 'no combination of hooks could be attached');
  }

  /** Hands every record over until {@link stop}, then what was still in the buffers. */
  async run({ onEvent, onDetection }: TracerHandlers): Promise<void> {
    const { buffers, config } = this.#armed;
    await pump({
      buffers,
      poller: this.#poller,
      onEvent: this.#decoded(onEvent),
      onDetection: this.#decoded(onDetection),
      setWakeup: (bytes) => config.setWakeup(bytes),
      signal: this.#stopping.signal,
      detach: () => this.#detach(),
    });
  }

  /** Ends {@link run} after the buffers were emptied. */
  stop(): void {
    this.#stopping.abort();
    this.#poller.wake();
  }

  /** Records since start, by event; exact once {@link run} has ended. */
  counts(): Map<EventDefinition, RouteCounts> {
    return this.#armed.config.counts();
  }

  /** Runs of our programs that the kernel skipped; undefined where it does not count them. */
  skippedRuns(): bigint | undefined {
    const counts = this.#armed.programs.map((program) => program.skippedRuns());
    return counts.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0n);
  }

  /** Records that could not be understood, and were passed over. */
  get malformedRecords(): number {
    return this.#malformedRecords;
  }

  async close(): Promise<void> {
    this.#detach();
    await this.#poller.close();
    disarm(this.#armed);
  }

  /** One record that is not as it should be must not end the tracing of all others. */
  #decoded(take: (event: TracedEvent) => void): RecordReader {
    return (view, offset, length) => {
      let event: TracedEvent;
      try {
        event = decodeRecord(view, offset, length);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#malformedRecords += 1;
        return;
      }
      take(event);
    };
  }

  #detach(): void {
    for (const link of this.#armed.links.splice(0)) link.destroy();
  }
}

function neededEvents({ selections, scope }: TracerOptions): readonly EventDefinition[] {
  const selected = selections.map(({ event }) => event);
  if (scope.trees.length === 0) return selected;
  const lives = treeEvents.flatMap((name) => findEvent(name) ?? []);
  return [...new Set([...selected, ...lives])];
}

/** Members of a tree are looked up after its forks are followed, so that no child falls between. */
function beginTracing({ config }: ArmedObject, { scope }: TracerOptions): void {
  config.addToTree(scope.trees);
  config.arm();
  config.addToTree(scope.trees.flatMap(descendantsOf));
}

function prove(
  plan: readonly PlannedEvent[],
  armed: ArmedObject,
  { kernel }: TracerOptions,
): readonly PlannedEvent[] {
  const proofs = proveHooks(plan, armed.config, kernel.arch);
  return plan.map((planned) => {
    const proof = proofs.get(planned.event);
    return proof === undefined ? planned : { ...planned, proof };
  });
}

/** Whether a plan without the hooks that stay silent serves those events some other way. */
function hasBetter(
  proven: readonly PlannedEvent[],
  needed: readonly EventDefinition[],
  obstacles: Obstacles,
  { kernel }: TracerOptions,
): boolean {
  const silent = proven.filter(({ proof }) => proof === 'silent');
  if (silent.length === 0) return false;
  /* Hooks of carriers serve others too. */
  const blamed = attachmentsOf(silent.filter(({ carriers }) => carriers === undefined));
  for (const attachment of blamed) obstacles.learnFromSilence(attachment);
  const next = makePlan(needed, kernel.arch, obstacles.find);
  return silent.every(({ event }) => next.some((one) => one.event === event && one.kind !== undefined));
}

function disarm({ links, buffers, object }: ArmedObject): void {
  for (const link of links.splice(0)) link.destroy();
  closeBuffers(buffers);
  object.close();
}

function requireSome(plan: readonly PlannedEvent[]): void {
  if (plan.some(({ kind }) => kind !== undefined)) return;
  const lines = plan.map(
    ({ event, passedOver }) =>
      `  ${event.name}: ${passedOver.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')}`,
  );
  throw new TraceeError(
    'KERNEL_UNSUPPORTED',
    `this kernel cannot serve what was asked for:\n${lines.join('\n')}`,
    { hint: 'tracee --plan shows what each event needs' },
  );
}
