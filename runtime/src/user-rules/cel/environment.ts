import { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { kernelNames } from '../../events/names.js';
import type { EventDefinition } from '../../events/types.js';
import { ancestorTypes, argumentTypes, eventTypes, executableFileTypes, namedTypes } from './context.js';

/** A condition is a line or a few; deeper or longer than this it is a mistake or an attack. */
const limits = { maxAstNodes: 2000, maxDepth: 64, maxListElements: 500 };

/** Names of values that can stand in a condition: `PTRACE_TRACEME`, `O_CREAT`. Each means the same everywhere. */
export const constants: ReadonlyMap<string, bigint> = kernelNames();

/** Our own functions, and what they are for. */
export const functions = ['hasBits', 'hasAnyBit', 'basename'] as const;

const environments = new Map<EventDefinition, Environment>();

/** What conditions on one event can name: `event`, `args` with its arguments, `named`, constants, functions. */
export function environmentFor(definition: EventDefinition): Environment {
  let environment = environments.get(definition);
  if (environment === undefined) {
    environment = common()
      .registerType('Arguments', { fields: argumentTypes(definition) })
      .registerType('Names', { fields: namedTypes(definition) })
      .registerVariable('args', 'Arguments')
      .registerVariable('named', 'Names');
    environments.set(definition, environment);
  }
  return environment;
}

let base: Environment | undefined;

function common(): Environment {
  base ??= makeBase();
  return base.clone();
}

function makeBase(): Environment {
  const environment = new Environment({ limits })
    .registerType('Ancestor', { fields: ancestorTypes })
    .registerType('ExecutableFile', { fields: executableFileTypes })
    .registerType('Event', { fields: eventTypes })
    .registerVariable('event', 'Event')
    .registerFunction('hasBits(int, int): bool', (value: bigint, bits: bigint) => (value & bits) === bits)
    .registerFunction('hasAnyBit(int, int): bool', (value: bigint, bits: bigint) => (value & bits) !== 0n)
    .registerFunction('basename(string): string', (path: string) => path.slice(path.lastIndexOf('/') + 1))
    .registerFunction(`string.${linearMatch}(string): bool`, (text: string, pattern: string) =>
      regexFor(pattern).matcher(text).find(),
    );
  for (const [name, value] of constants) environment.registerConstant(name, 'int', value);
  return environment;
}

/**
 * What `matches` becomes: the library's own runs JavaScript's backtracking matcher, which text of an attacker
 * can occupy for hours. As long as `matches`, so that places in an expression stay where they are.
 */
export const linearMatch = 're2find';

const regexes = new Map<string, RE2JS>();

/** Patterns are few and stand in rules; those that a rule makes of what it sees must not fill the memory. */
const maxRegexes = 256;

/** Throws what is wrong with a pattern. */
export function regexFor(pattern: string): RE2JS {
  let regex = regexes.get(pattern);
  if (regex === undefined) {
    regex = RE2JS.compile(pattern);
    if (regexes.size >= maxRegexes) regexes.clear();
    regexes.set(pattern, regex);
  }
  return regex;
}
