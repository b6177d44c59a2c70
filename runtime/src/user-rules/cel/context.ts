import { describeValue } from '../../events/names.js';
import type { ArgumentValue, EventArgument, TracedEvent } from '../../events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../../events/types.js';
import { wireOfType } from '../../events/argument-types.js';
import type { Wire } from '../../events/types.js';

const typeOfWire: Record<Wire, string> = {
  i32: 'int',
  u32: 'int',
  i64: 'int',
  u64: 'int',
  pointer: 'string',
  string: 'string',
  strings: 'list<string>',
  address: 'string',
  credentials: 'string',
  bytes: 'string',
};

/** The CEL type of each argument of an event, as `args` has it. */
export function argumentTypes(definition: EventDefinition): Record<string, string> {
  return Object.fromEntries(definition.arguments.map((one) => [one.name, celTypeOf(one)]));
}

/** The arguments whose values have names, as `named` has them. */
export function namedTypes(definition: EventDefinition): Record<string, string> {
  const named = definition.arguments.filter(({ vocabulary }) => vocabulary !== undefined);
  return Object.fromEntries(named.map(({ name }) => [name, 'string']));
}

export function celTypeOf({ type }: ArgumentDefinition): string {
  return type === 'bool' ? 'bool' : typeOfWire[wireOfType[type]];
}

export const ancestorTypes = { comm: 'string', pid: 'int', hostPid: 'int', startTime: 'int' };

export const executableFileTypes = {
  dev: 'int',
  inode: 'int',
  uid: 'int',
  mode: 'int',
  links: 'int',
  storage: 'int',
};

/** What `event` has, of every event. */
export const eventTypes = {
  name: 'string',
  time: 'int',
  returnValue: 'int',
  comm: 'string',
  executable: 'string',
  executableFile: 'ExecutableFile',
  pid: 'int',
  tid: 'int',
  ppid: 'int',
  hostPid: 'int',
  hostTid: 'int',
  hostPpid: 'int',
  uid: 'int',
  hostName: 'string',
  mountNamespace: 'int',
  pidNamespace: 'int',
  cgroupId: 'int',
  isCompat: 'bool',
  isForked: 'bool',
  hasTerminal: 'bool',
  ancestors: 'list<Ancestor>',
} as const;

export interface CelContext {
  readonly event: object;
  readonly args: object;
  readonly named: object;
}

/** Several rules look at the same event. */
const contexts = new WeakMap<TracedEvent, CelContext>();

/** An event as conditions see it. What was not recorded is absent. */
export function contextOf(event: TracedEvent): CelContext {
  let context = contexts.get(event);
  if (context === undefined) {
    context = {
      event: eventFields(event),
      args: fieldsOf(event.arguments, celValueOf),
      named: fieldsOf(
        event.arguments.filter(({ definition }) => definition.vocabulary !== undefined),
        (argument) => String(describeValue(argument, event)),
      ),
    };
    contexts.set(event, context);
  }
  return context;
}

function eventFields(event: TracedEvent): Record<keyof typeof eventTypes, unknown> {
  const { executableFile: file } = event;
  return {
    name: event.definition.name,
    time: BigInt(event.time),
    returnValue: BigInt(event.returnValue),
    comm: event.comm,
    executable: event.executable,
    executableFile: file === undefined ? undefined : withBigints(file),
    pid: BigInt(event.pid),
    tid: BigInt(event.tid),
    ppid: BigInt(event.ppid),
    hostPid: BigInt(event.hostPid),
    hostTid: BigInt(event.hostTid),
    hostPpid: BigInt(event.hostPpid),
    uid: BigInt(event.uid),
    hostName: event.hostName,
    mountNamespace: BigInt(event.mountNamespace),
    pidNamespace: BigInt(event.pidNamespace),
    cgroupId: event.cgroupId,
    isCompat: event.isCompat,
    isForked: event.isForked,
    hasTerminal: event.hasTerminal,
    ancestors: event.ancestors.map(withBigints),
  };
}

function withBigints(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'number' ? BigInt(value) : value,
    ]),
  );
}

function fieldsOf(
  args: readonly EventArgument[],
  valueOf: (argument: EventArgument) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(args.map((argument) => [argument.definition.name, valueOf(argument)]));
}

function celValueOf({ definition, value }: EventArgument): bigint | boolean | string | string[] {
  if (definition.type === 'bool') return Number(value) !== 0;
  return typeof value === 'number' ? BigInt(value) : value;
}

/** A result of CEL as a finding carries it. */
export function argumentValueOf(result: unknown): ArgumentValue {
  if (typeof result === 'bigint') return Number.isSafeInteger(Number(result)) ? Number(result) : result;
  if (typeof result === 'number' || typeof result === 'string') return result;
  if (Array.isArray(result)) return result.map(textOf);
  return textOf(result);
}

/** A result of CEL in words: lists with spaces between. */
export function textOf(result: unknown): string {
  if (Array.isArray(result)) return result.map(textOf).join(' ');
  if (typeof result === 'string') return result;
  if (typeof result === 'bigint' || typeof result === 'number' || typeof result === 'boolean')
    return String(result);
  return result === null ? 'null' : 'a value that has no words';
}
