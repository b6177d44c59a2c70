import { Engine } from '../detection/engine.js';
import type { Finding, Rule } from '../detection/rule.js';
import { catalogue, findEvent } from '../events/catalogue/index.js';
import { storages } from '../events/layout.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import { parseArgument } from '../replay/argument.js';
import { byEveryWay } from '../replay/every-way.js';
import { nearest } from '../text/nearest.js';
import { isExcusedBy, type UserException } from './exception.js';
import type { ExampleDocument, ExampleEvent } from './schema.js';

/** Events that a rule must find, or must not. */
export interface Example {
  readonly title: string;
  readonly fires: boolean;
  readonly sight: string | undefined;
  readonly events: readonly TracedEvent[];
}

export interface ExampleResult {
  readonly example: Example;
  readonly isPassed: boolean;
  /** What happened instead. */
  readonly problem?: string;
}

/** A mistake in an event of an example; `path` leads to it within the example. */
export class ExampleError extends Error {
  readonly path: readonly (string | number)[];
  readonly hint: string | undefined;

  constructor(message: string, path: readonly (string | number)[], hint?: string) {
    super(message);
    this.name = 'ExampleError';
    this.path = path;
    this.hint = hint;
  }
}

/** Throws {@link ExampleError}. */
export function makeExample({ title, fires, sight, events }: ExampleDocument): Example {
  return { title, fires, sight, events: events.map(makeEvent) };
}

/** Runs a rule alone over the events of an example. */
export async function runExample(
  rule: Rule,
  exceptions: readonly UserException[],
  example: Example,
): Promise<ExampleResult> {
  const findings: Finding[] = [];
  let failure: string | undefined;
  const engine = new Engine({
    rules: [byEveryWay(rule)],
    withSignals: true,
    onFinding: (finding) => {
      if (!exceptions.some((exception) => isExcusedBy(finding, exception))) findings.push(finding);
    },
    onRuleError: ({ message }) => (failure ??= message),
  });
  for (const event of example.events) engine.handle(event);
  await engine.finish();
  const problem = failure ?? judge(example, findings);
  return { example, isPassed: problem === undefined, ...(problem === undefined ? {} : { problem }) };
}

function judge({ fires, sight, events }: Example, findings: readonly Finding[]): string | undefined {
  const wanted = findings.filter((finding) => sight === undefined || finding.sight.id === sight);
  if (!fires) return wanted[0] === undefined ? undefined : `it fired: ${wanted[0].summary}`;
  if (wanted.length > 0) return undefined;
  const other = findings[0];
  if (other !== undefined) return `the sight ${other.sight.id} fired, and not ${sight ?? ''}`;
  return `it did not fire on ${events.map(({ definition }) => definition.name).join(', ')}`;
}

function makeEvent(stated: ExampleEvent, index: number): TracedEvent {
  const definition = findEvent(stated.event);
  if (definition === undefined) {
    const near = nearest(
      stated.event,
      catalogue.map(({ name }) => name),
    );
    throw new ExampleError(
      `there is no event "${stated.event}"`,
      ['events', index, 'event'],
      near === undefined ? 'tracee trace --list names all events' : `did you mean ${near}?`,
    );
  }
  const { pid, ppid } = stated;
  const { storage, ...file } = stated.executableFile;
  const executable = stated.executable === undefined ? `/usr/bin/${stated.comm}` : stated.executable;
  return {
    definition,
    // Examples happen an hour after boot, an event each millisecond.
    time: 3_600_000_000_000 + index * 1_000_000,
    returnValue: stated.returnValue,
    startTime: 3_599_000_000_000 + pid,
    parentStartTime: 3_000_000_000_000 + ppid,
    cgroupId: 1n,
    container: undefined,
    hostTid: pid,
    hostPid: pid,
    hostPpid: ppid,
    tid: pid,
    pid,
    ppid,
    uid: stated.uid,
    mountNamespace: 4_026_531_840,
    pidNamespace: 4_026_531_836,
    cpu: 0,
    hook: 'tp_btf',
    isCompat: stated.abi === '32-bit',
    comm: stated.comm,
    hostName: stated.hostName,
    executable: executable ?? undefined,
    executableFile:
      executable === null ? undefined : { ...file, dev: 0x800001, inode: 4711n, storage: storages[storage] },
    isForked: stated.forked,
    hasTerminal: stated.terminal,
    isFollowed: false,
    ancestors: stated.ancestors.map((one) => ({
      ...one,
      hostPid: one.pid,
      startTime: 1_000_000_000 + one.pid,
    })),
    areAncestorsCut: false,
    stack: undefined,
    arguments: makeArguments(stated, index),
  };
}

function makeArguments({ event, args, abi }: ExampleEvent, index: number): EventArgument[] {
  const definitions = findEvent(event)?.arguments ?? [];
  const names = definitions.map(({ name }) => name);
  const stranger = Object.keys(args).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const near = nearest(stranger, names);
    throw new ExampleError(
      `${event} has no argument "${stranger}"`,
      ['events', index, 'args', stranger],
      near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`,
    );
  }
  const made: EventArgument[] = [];
  for (const definition of definitions) {
    if (!Object.hasOwn(args, definition.name)) continue;
    try {
      const surroundings = { isCompat: abi === '32-bit', arguments: made };
      made.push({ definition, value: parseArgument(definition, args[definition.name], surroundings) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ExampleError(error.message, ['events', index, 'args', definition.name]);
    }
  }
  return made;
}
