import { TraceeError } from '../errors.js';
import { findEvent } from '../events/catalogue/index.js';
import type { BufferKind } from '../events/layout.js';
import { decodeRecord, type TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import type { Containers } from '../containers/containers.js';
import { descendantsOf } from '../host/processes.js';
import { Poller, type RecordReader, returnFreedMemory } from '../libbpf/index.js';
import type { CaptureKind } from '../events/capture-layout.js';
import { decodeCapture, type CaptureRecord } from '../events/capture-record.js';
import { arm, type ArmedObject, type ArmOptions } from './arm.js';
import { bestBufferKind, closeBuffers, sizesFor, type BufferSizes } from './buffers.js';
import {
  planCaptures,
  readCaptureCounts,
  type KernelCaptureCounts,
  type PlannedCapture,
} from './captures.js';
import { standingsIn, type SelectionChoice } from './choice.js';
import { ContainerScope } from './container-scope.js';
import type { EventSelection, RouteCounts } from './kernel-config.js';
import { Obstacles } from './obstacles.js';
import { makePlan, type PlannedEvent } from './plan.js';
import { avoidSilence } from './silence.js';
import { proveHooks } from './proof.js';
import { pump } from './pump.js';

export interface TracerOptions extends Omit<ArmOptions, 'buffer' | 'bufferSizes' | 'selections'> {
  readonly choice: SelectionChoice;
  /** The best that the kernel has, unless named. */
  readonly buffer?: BufferKind;
  /** Others than usual. */
  readonly bufferSizes?: Partial<BufferSizes> | undefined;
  /** Tells which container a process is in. */
  readonly containers?: Containers;
  /** Names of the object's programs. */
  readonly programs: readonly string[];
}

/** Who takes the records. */
export interface TracerHandlers {
  readonly onEvent: (event: TracedEvent) => void;
  readonly onDetection: (event: TracedEvent) => void;
  readonly onCapture?: ((record: CaptureRecord) => void) | undefined;
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
  readonly selections: readonly EventSelection[];
  readonly buffer: BufferKind;
  /** How each kind of capture is served. */
  readonly captures: readonly PlannedCapture[];
  readonly #armed: ArmedObject;
  readonly containers: Containers | undefined;
  readonly #scope: ContainerScope | undefined;
  readonly #poller: Poller;
  readonly #stopping = new AbortController();
  #malformedRecords = 0;

  private constructor(
    armed: ArmedObject,
    { plan, selections }: Attempt,
    buffer: BufferKind,
    { containers, scope }: TracerOptions,
  ) {
    const selected = new Set(selections.map(({ event }) => event));
    this.plan = plan.filter(({ event }) => selected.has(event));
    this.selections = selections;
    this.buffer = buffer;
    this.captures = armed.captures;
    this.#armed = armed;
    this.containers = containers;
    this.#scope =
      scope.container && containers && new ContainerScope(scope.container, containers, armed.config);
    const { events, detections, captures } = armed.buffers;
    this.#poller = new Poller([...events.fds, ...detections.fds, ...(captures?.fds ?? [])]);
  }

  static start(options: TracerOptions): Tracer {
    const tracer = Tracer.#climb(options);
    returnFreedMemory();
    return tracer;
  }

  static #climb(options: TracerOptions): Tracer {
    const buffer = options.buffer ?? bestBufferKind();
    const silent = new Set<EventDefinition>();
    using obstacles = new Obstacles(options.kernel, new Set(options.programs), options.hooks);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { plan, selections } = prepare(options, obstacles, silent);
      const usual = sizesFor(selections, buffer, options.captures !== undefined);
      const bufferSizes = { ...usual, ...options.bufferSizes };
      const captures = planCaptures(options.captures, obstacles.find);
      const planned = { events: plan, captures };
      const armed = arm({ ...options, selections, buffer, bufferSizes }, planned, obstacles);
      if (armed === undefined) continue;
      const proven = { plan: prove(plan, armed, options), selections };
      if (hasBetter(proven, options, obstacles, silent)) {
        disarm(armed);
        continue;
      }
      beginTracing(armed, options);
      return new Tracer(armed, proven, buffer, options);
    }
    throw new TraceeError('KERNEL_UNSUPPORTED', 'no combination of hooks could be attached');
  }

  /** Hands every record over until {@link stop}, then what was still in the buffers. */
  async run({ onEvent, onDetection, onCapture }: TracerHandlers): Promise<void> {
    const { buffers, config } = this.#armed;
    await pump({
      buffers,
      poller: this.#poller,
      onEvent: this.#decoded(decodeRecord, this.#inContainer(onEvent)),
      onDetection: this.#decoded(decodeRecord, this.#inContainer(onDetection)),
      onCapture: this.#decoded(decodeCapture, onCapture ?? (() => undefined)),
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

  /** Whether an event's container is one of those asked for; undefined while its engine is asked what it is called. */
  passesContainer(event: TracedEvent): boolean | undefined {
    return this.#scope === undefined ? true : this.#scope.passes(event);
  }

  /** Records since start, by event; exact once {@link run} has ended. */
  counts(): Map<EventDefinition, RouteCounts> {
    return this.#armed.config.counts();
  }

  /** What the kernel could not capture since start, by kind; exact once {@link run} has ended. */
  captureCounts(): Map<CaptureKind, KernelCaptureCounts> {
    const { object, captures } = this.#armed;
    return captures.length === 0 ? new Map() : readCaptureCounts(object, captures);
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

  #inContainer(take: (event: TracedEvent) => void): (event: TracedEvent) => void {
    return (event) => {
      event.container = this.containers?.of(event.cgroupId, event);
      take(event);
    };
  }

  /** One record that is not as it should be must not end the tracing of all others. */
  #decoded<T>(
    decode: (view: DataView, offset: number, length: number) => T,
    take: (record: T) => void,
  ): RecordReader {
    return (view, offset, length) => {
      let record: T;
      try {
        record = decode(view, offset, length);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#malformedRecords += 1;
        return;
      }
      take(record);
    };
  }

  #detach(): void {
    for (const link of this.#armed.links.splice(0)) link.destroy();
  }
}

/** What one attempt tries. */
interface Attempt {
  readonly selections: readonly EventSelection[];
  /** Of the selected events, and of those that following trees needs. */
  readonly plan: readonly PlannedEvent[];
}

function prepare(
  { choice, kernel, scope }: TracerOptions,
  obstacles: Obstacles,
  silent: ReadonlySet<EventDefinition>,
): Attempt {
  const candidates = makePlan(choice.candidates, kernel.arch, obstacles.find);
  const selections = choice.choose(standingsIn(candidates, silent));
  const selected = selections.map(({ event }) => event);
  const followsForks = scope.trees.length > 0 || scope.follows === true;
  const lives = !followsForks ? [] : treeEvents.flatMap((name) => findEvent(name) ?? []);
  const plan = makePlan([...new Set([...selected, ...lives])], kernel.arch, obstacles.find);
  requireSome(selected.length === 0 ? candidates : plan.filter(({ event }) => selected.includes(event)));
  return { selections, plan };
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

/**
 * Whether what stays silent can be seen another way: by other hooks of the same events, or by other events. What
 * only those hooks serve is left to them.
 */
function hasBetter(
  proven: Attempt,
  options: TracerOptions,
  obstacles: Obstacles,
  silent: Set<EventDefinition>,
): boolean {
  const found = proven.plan.filter(({ event, proof }) => proof === 'silent' && !silent.has(event));
  if (found.length === 0) return false;
  const hopeless = avoidSilence(found, options.kernel.arch, obstacles);
  for (const event of hopeless) silent.add(event);
  if (hopeless.length < found.length) return true;
  return !isSameSelection(prepare(options, obstacles, silent), proven);
}

function isSameSelection(one: Attempt, other: Attempt): boolean {
  const names = ({ selections }: Attempt): string =>
    selections
      .map(({ event }) => event.name)
      .toSorted()
      .join();
  return names(one) === names(other);
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
