import { wireOfType } from '../events/argument-types.js';
import type { TracedEvent } from '../events/record.js';

const readByReference = new Set<string>(['string', 'strings', 'address', 'bytes']);

/**
 * Names of the arguments that were read from the memory of the traced program, which another of its threads may
 * have changed after the kernel had looked. Numbers are in registers, and cannot be changed.
 */
export function unverifiedArguments({ definition, arguments: args }: TracedEvent): string[] {
  if (definition.source === 'kernel') return [];
  return args
    .filter((argument) => readByReference.has(wireOfType[argument.definition.type]))
    .map((argument) => argument.definition.name);
}

/** Names of the arguments of which only the beginning was recorded. */
export function cutArguments({ arguments: args }: TracedEvent): string[] {
  return args.filter(({ cut }) => cut !== undefined).map(({ definition }) => definition.name);
}
