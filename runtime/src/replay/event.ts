import { z } from 'zod';
import type { Container } from '../events/container.js';
import { findEvent } from '../events/catalogue/index.js';
import { hookKinds, maxAncestors, maxArguments, type HookKind } from '../events/layout.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { parseArgument } from './argument.js';

const u32 = z.int().min(0).max(0xffff_ffff);
/** Process ids that a container sees are signed in the original; none is negative. */
const id = z.int().min(0).max(0x7fff_ffff);
const nanoseconds = z.int().min(0);
const u64 = z
  .union([
    z.int().min(0),
    z
      .string()
      .regex(/^\d{1,20}$/)
      .refine((text) => BigInt(text) < 2n ** 64n),
  ])
  .transform((value) => BigInt(value));

const ancestorSchema = z.object({ hostPid: id, pid: id, startTime: nanoseconds, comm: z.string() });

const executableFileSchema = z.object({
  dev: u32,
  inode: u64,
  uid: u32,
  mode: u32,
  links: u32,
  storage: u32,
});

const argumentSchema = z.object({
  name: z.string(),
  value: z.unknown(),
  /** The number that `value` is a name of, where the writer gives both. */
  raw: z.unknown().optional(),
  cut: z.object({ of: z.int().min(0).nullable() }).optional(),
});

/** One event as `--output json` and `--record` write it. The original wrote no more than `args` and above. */
const eventSchema = z.object({
  /** Seconds since boot: three centuries at most. */
  timestamp: z.number().min(0).max(1e10),
  processId: id,
  threadId: id,
  parentProcessId: id,
  hostProcessId: id,
  hostThreadId: id,
  hostParentProcessId: id,
  userId: u32,
  mountNamespace: u32,
  pidNamespace: u32,
  processName: z.string(),
  hostName: z.string(),
  eventName: z.string(),
  /** An address can be too large to be exact. */
  returnValue: z.number().refine(Number.isInteger, 'expected an integer'),
  args: z.array(argumentSchema).max(maxArguments).nullable(),
  cgroupId: u64.default(0n),
  processStartTime: nanoseconds.default(0),
  parentStartTime: nanoseconds.default(0),
  cpu: u32.default(0),
  hook: z.enum(Object.keys(hookKinds) as [HookKind, ...HookKind[]]).default('raw_tracepoint'),
  abi: z.enum(['native', '32-bit']).default('native'),
  executable: z.string().nullable().default(null),
  executableFile: executableFileSchema.nullable().default(null),
  forked: z.boolean().default(false),
  terminal: z.boolean().default(false),
  ancestors: z.array(ancestorSchema).max(maxAncestors).default([]),
  ancestorsCut: z.boolean().default(false),
  containerFullId: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  containerEngine: z.enum(['docker', 'podman', 'containerd', 'cri-o', 'unknown']).default('unknown'),
  containerName: z.string().nullable().default(null),
  containerImage: z.string().nullable().default(null),
  containerOwner: u32.optional(),
  containersWithin: z.array(z.string()).max(32).default([]),
});

type JsonEvent = z.infer<typeof eventSchema>;

/** What a line of JSON holds: an event, or one that this version does not know. */
export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: TracedEvent }
  | { readonly kind: 'unknown'; readonly name: string };

/**
 * An event from a line of JSON as Tracee writes it, or the original did. Names of values become numbers
 * again. Throws RangeError for a line that is no event: the message says what is wrong, in a clause.
 */
export function parseEvent(line: string): ParsedEvent {
  const json = parseJson(line);
  const parsed = eventSchema.safeParse(json);
  if (!parsed.success) throw new RangeError(describeIssue(parsed.error));
  const definition = findEvent(parsed.data.eventName);
  if (definition === undefined) return { kind: 'unknown', name: parsed.data.eventName };
  return { kind: 'event', event: toEvent(parsed.data, definition) };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RangeError('it is no JSON', { cause });
  }
}

function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'it is no event';
  const place = issue.path.map(String).join('.');
  return place === '' ? `it is no event: ${issue.message}` : `${place}: ${issue.message}`;
}

function toEvent(json: JsonEvent, definition: EventDefinition): TracedEvent {
  return {
    definition,
    time: Math.round(json.timestamp * 1e9),
    returnValue: json.returnValue,
    startTime: json.processStartTime,
    parentStartTime: json.parentStartTime,
    cgroupId: json.cgroupId,
    container: containerOf(json),
    hostTid: json.hostThreadId,
    hostPid: json.hostProcessId,
    hostPpid: json.hostParentProcessId,
    tid: json.threadId,
    pid: json.processId,
    ppid: json.parentProcessId,
    uid: json.userId,
    mountNamespace: json.mountNamespace,
    pidNamespace: json.pidNamespace,
    cpu: json.cpu,
    hook: json.hook,
    isCompat: json.abi === '32-bit',
    comm: json.processName,
    hostName: json.hostName,
    executable: json.executable ?? undefined,
    executableFile: json.executableFile ?? undefined,
    isForked: json.forked,
    hasTerminal: json.terminal,
    isFollowed: false,
    ancestors: json.ancestors,
    areAncestorsCut: json.ancestorsCut,
    stack: undefined,
    arguments: toArguments(json.args ?? [], definition, json.abi === '32-bit'),
  };
}

/** Nothing where the line has but the twelve digits of the original: nobody knows whose container that is. */
function containerOf(json: JsonEvent): Container | undefined {
  if (json.containerFullId === undefined) return undefined;
  return {
    id: json.containerFullId,
    engine: json.containerEngine,
    name: json.containerName ?? undefined,
    image: json.containerImage ?? undefined,
    owner: json.containerOwner,
    nested: json.containersWithin,
    isOld: true,
    isSettled: true,
  };
}

/** In the order of the catalogue, whatever the order of the line. */
function toArguments(
  args: NonNullable<JsonEvent['args']>,
  definition: EventDefinition,
  isCompat: boolean,
): EventArgument[] {
  const given = new Map(args.map((one) => [one.name, one]));
  if (given.size < args.length) throw new RangeError('an argument is there twice');
  const known = new Set(definition.arguments.map(({ name }) => name));
  const stranger = args.find(({ name }) => !known.has(name));
  if (stranger !== undefined) {
    throw new RangeError(`${definition.name} has no argument ${JSON.stringify(stranger.name.slice(0, 60))}`);
  }
  const parsed: EventArgument[] = [];
  for (const argument of definition.arguments) {
    const one = given.get(argument.name);
    if (one === undefined) continue;
    const value = parseArgument(argument, one.raw ?? one.value, { isCompat, arguments: parsed });
    parsed.push({ definition: argument, value, ...cutOf(one) });
  }
  return parsed;
}

function cutOf({ cut }: z.infer<typeof argumentSchema>): { cut?: { full: number | undefined } } {
  return cut === undefined ? {} : { cut: { full: cut.of ?? undefined } };
}
