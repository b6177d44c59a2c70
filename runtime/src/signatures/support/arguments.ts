import type { ArgumentValue, TracedEvent } from '../../events/record.js';

function valueOf(event: TracedEvent, name: string): ArgumentValue | undefined {
  return event.arguments.find(({ definition }) => definition.name === name)?.value;
}

/** An argument that is a number of any size; undefined where it could not be read. */
export function numberIn(event: TracedEvent, name: string): number | undefined {
  const value = valueOf(event, name);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** An argument that is a number, exactly; undefined where it could not be read. */
export function bigintIn(event: TracedEvent, name: string): bigint | undefined {
  const value = valueOf(event, name);
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;
}

/** An argument that is text; undefined where it could not be read. */
export function textIn(event: TracedEvent, name: string): string | undefined {
  const value = valueOf(event, name);
  return typeof value === 'string' ? value : undefined;
}

/** An argument that is an array of strings; empty where it could not be read. */
export function textsIn(event: TracedEvent, name: string): readonly string[] {
  const value = valueOf(event, name);
  return Array.isArray(value) ? value : [];
}
