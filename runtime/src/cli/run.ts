import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CaptureOptions } from '../capture/options.js';
import { CaptureSession } from '../capture/session.js';
import type { Containers } from '../containers/containers.js';
import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import { requireCapabilities } from '../host/privileges.js';
import { compareReleases, runningKernel, type Kernel } from '../host/kernel.js';
import { seesHostPids } from '../host/pid-namespace.js';
import { planToText, type Coverage } from '../output/plan.js';
import type { BufferSizes } from '../tracing/buffers.js';
import type { SelectionChoice } from '../tracing/choice.js';
import type { EventFilter } from '../tracing/filters/event-filter.js';
import { filterPlaces } from '../tracing/filters/places.js';
import { nobody, type Scope } from '../tracing/scope.js';
import type { EventSelection, RouteCounts } from '../tracing/kernel-config.js';
import { Tracer, type TracerHandlers } from '../tracing/tracer.js';
import type { findObject, ObjectOptions } from './context.js';
import { openContainers, type EngineFlags } from './engine-flags.js';
import type { TracerFlags } from './flags.js';
import { dropPrivileges, forbidDebugger, tellUnmet } from './privileges.js';
import { holdingWords } from './holder.js';
import { obtainObject, type BuildPolicy } from './provider.js';
import { announceReady } from './ready-file.js';
import { describeCounts, leaveOutput, print, say, warn, warnOfGaps, warnOfUncaptured } from './report.js';
import { keepVigil } from './vigil.js';

/** What the original's programs could be told, and ours need not. */
interface OriginalOptions {
  readonly buildPolicy?: BuildPolicy | undefined;
  readonly bufferSizes?: Partial<BufferSizes> | undefined;
  /** Says on which hooks events stand before they come. */
  readonly debug?: true | undefined;
}

export interface RunOptions extends ObjectOptions, TracerFlags, OriginalOptions, EngineFlags {
  readonly choice: SelectionChoice;
  readonly scope: Scope;
  /** Records have the stack of their process. */
  readonly withStacks?: boolean;
  /** On arguments and results: what is told of them is filtered by who asks for it. */
  readonly filters?: readonly EventFilter[];
  /** Runs this, traced with its descendants, and ends when it ends. */
  readonly command: readonly string[];
  readonly keepPrivileges?: true | undefined;
  readonly capture?: CaptureOptions | undefined;
  /** Prints this of what was armed, traces nobody, and ends. */
  readonly show?: ((coverage: Coverage) => string) | undefined;
  /** Everything is armed; no record has been read. */
  readonly onStart?: (tracer: Tracer) => void;
  /** The last record was handled; what is printed now comes before the counts. */
  readonly onEnd?: (tracer: Tracer) => Promise<void>;
  readonly onEvent: (event: TracedEvent, tracer: Tracer) => void;
  /** See {@link TracerHandlers}. */
  readonly onRecord?: TracerHandlers['onRecord'];
  readonly afterEvents?: TracerHandlers['afterEvents'];
  readonly canTakeEvents?: TracerHandlers['canTakeEvents'];
  readonly onDetection: (event: TracedEvent, tracer: Tracer) => void;
  /** What is being done, for the line that says so: `detecting (1 rule)`. */
  readonly doing: string;
}

/** After the command has ended its last records are taken before the tracer stops. */
const settleMs = 100;

/** Finds the object, arms it, and runs until a signal or the end of the command. */
export async function run(options: RunOptions): Promise<void> {
  const kernel = runningKernel();
  requireCapabilities(kernel.release);
  // What is written is for its owner alone; the command gets what was there before.
  const umask = process.umask(0o077);
  forbidDebugger();
  checkPids(options, kernel);
  const object = await obtainObject(kernel, options, process.env);
  using containers = openContainers(options);
  if (options.scope.container?.asksForAge === true) containers.noteExisting();
  for (const warning of object.warnings) warn(warning);
  using captures =
    options.capture === undefined || options.show !== undefined
      ? undefined
      : CaptureSession.prepare(options.capture, say);
  const child =
    options.command.length === 0 || options.show !== undefined
      ? undefined
      : await startHeld(options.command, umask);
  const tracer = startTracer(options, object, kernel, child, containers);
  try {
    const { plan, buffer, captures: planned } = tracer;
    const filters = filterPlaces(options.scope, options.filters ?? []);
    const coverage = { kernel, plan, buffer, captures: planned, filters };
    if (options.debug === true) say(planToText(coverage));
    if (options.show !== undefined) print(options.show(coverage));
    else await trace(tracer, child, captures, options, { kernel, path: object.path });
  } catch (error) {
    // One that was never released would wait, and this process for it.
    if (child !== undefined) end(child);
    throw error;
  } finally {
    await tracer.close();
  }
}

/** The kernel counts processes of the host: another number would watch nobody, or somebody else. */
function checkPids({ scope, command, show }: RunOptions, { release: kernelRelease }: Kernel): void {
  if (show !== undefined || seesHostPids()) return;
  if (command.length > 0 || !scope.isEverything) {
    throw new TraceeError(
      'USAGE',
      'this container has process ids of its own, and who is watched is told by those of the host',
      {
        hint: 'start it with docker run --pid=host',
      },
    );
  }
  say(
    'this container has process ids of its own: rules cannot look at programs outside and may report ordinary ones; docker run --pid=host lets them',
  );
  if (process.pid === 1 || compareReleases(kernelRelease, '6.9') >= 0) return;
  say(
    'tracee is not the first process of this container: killing the container can hang this kernel, see docs/images.md; docker run --pid=host avoids it',
  );
}

/** A command that waits to be released must not outlive a start that failed, nor keep this process alive. */
function startTracer(
  options: RunOptions,
  object: ReturnType<typeof findObject>,
  kernel: Kernel,
  child: ChildProcess | undefined,
  containers: Containers,
): Tracer {
  const scope = options.show !== undefined ? nobody : scopeOf(options.scope, child);
  try {
    return Tracer.start({
      ...options,
      object: object.bytes,
      captures: options.capture,
      programs: object.manifest.programs.map(({ name }) => name),
      kernel,
      scope,
      containers,
      cgroupController: containers.hierarchy?.controller?.index,
    });
  } catch (error) {
    child?.kill('SIGKILL');
    throw error;
  }
}

async function trace(
  tracer: Tracer,
  child: ChildProcess | undefined,
  captures: CaptureSession | undefined,
  options: RunOptions,
  { kernel, path }: { kernel: Kernel; path: string },
): Promise<void> {
  let isUrgent = false;
  const ignoreSignals = stopOnSignals(() => {
    isUrgent = true;
    tracer.stop(isUrgent);
  });
  warnOfGaps(tracer.plan);
  warnOfUncaptured(tracer.captures);
  tellUnmet(kernel.release);
  // Everything is attached, and the command started, which is none of our restrictions' business.
  if (options.keepPrivileges !== true) dropPrivileges(kernel.release, child !== undefined);
  options.onStart?.(tracer);
  captures?.begin();
  using _ = announceReady(process.env['TRACEE_READY_FILE']);
  /* Before that is said: who waits for it may stop this process at once. */
  const endVigil = keepVigil();
  say(`${options.doing} with ${path}; ${child === undefined ? 'Ctrl-C ends' : 'ends with the command'}`);
  const running = tracer.run({
    onEvent: (event) => options.onEvent(event, tracer),
    onDetection: (event) => options.onDetection(event, tracer),
    onRecord: options.onRecord,
    afterEvents: options.afterEvents,
    canTakeEvents: options.canTakeEvents,
    onCapture: (record) => captures?.take(record),
  });
  const stop = (): void => tracer.stop();
  if (child !== undefined) void release(child).then(stop, stop);
  await running;
  ignoreSignals();
  endVigil();
  if (child?.exitCode === null && child.signalCode === null) end(child);
  await options.onEnd?.(tracer);
  for (const line of (await captures?.end(tracer.captureCounts())) ?? []) say(line);
  say(describeCounts(tracer.counts(), routesOf(tracer.selections), tracer));
  if (isUrgent) await leaveOutput();
}

/** A hangup ends tracing as well, where it does not stand for reading rules again. Gives what ends the listening. */
function stopOnSignals(stop: () => void): () => void {
  const take = (signal: NodeJS.Signals): void => {
    say(`ends: ${signal}`);
    stop();
  };
  const ending: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  if (process.listenerCount('SIGHUP') === 0) ending.push('SIGHUP');
  for (const signal of ending) process.once(signal, take);
  return () => ending.forEach((signal) => process.off(signal, take));
}

/** Where records of the selected events go. */
function routesOf(selections: readonly EventSelection[]): Set<keyof RouteCounts> {
  return new Set(
    selections.flatMap(({ isTraced, isDetected }): (keyof RouteCounts)[] => [
      ...(isTraced ? (['events'] as const) : []),
      ...(isDetected ? (['detections'] as const) : []),
    ]),
  );
}

/** Starts a command that waits, before its first instruction, for a line on descriptor 3. */
async function startHeld(command: readonly string[], umask: number): Promise<ChildProcess> {
  const [holder, ...words] = holdingWords(command, process.env['PATH'] ?? '');
  const own = process.umask(umask);
  const child = spawn(holder, words, { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  process.umask(own);
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new TraceeError('RUN_FAILED', `${holder} cannot be started to run ${command[0] ?? ''}`, { cause });
  });
  return child;
}

async function release(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  const pipe = child.stdio[3];
  /* A command that is killed before it has read the line resets the connection; its end is told by `exit`. */
  pipe?.on('error', () => undefined);
  if (pipe !== null && pipe !== undefined && 'write' in pipe) pipe.end('\n');
  const [status, signal] = (await ended) as [number | null, string | null];
  if (status !== 0) say(`the command ended with ${signal ?? `status ${status}`}`);
  await new Promise((resolve) => {
    setTimeout(resolve, settleMs);
  });
}

/** The command may have become another user, whom only CAP_KILL reaches. */
function end(child: ChildProcess): void {
  child.once('error', ({ message }) => {
    say(`the command runs on: ${message}`);
    child.unref();
  });
  child.kill('SIGTERM');
}

function scopeOf(scope: Scope, child: ChildProcess | undefined): Scope {
  if (child?.pid === undefined) return scope;
  return { ...scope, isEverything: false, trees: [...scope.trees, child.pid] };
}
