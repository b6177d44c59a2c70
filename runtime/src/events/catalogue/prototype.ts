import { wireOfType, type ArgumentType } from '../argument-types.js';
import type { ArgumentDefinition } from '../types.js';

/**
 * Arguments as C writes them: `int dirfd, const char* pathname`. `more` adds to some by name. Throws
 * RangeError for a type that the catalogue does not know.
 */
export function prototype(
  text: string,
  more: Readonly<Record<string, Omit<ArgumentDefinition, 'name' | 'type'>>> = {},
): readonly ArgumentDefinition[] {
  return text.split(', ').map((one) => {
    const end = one.lastIndexOf(' ');
    const [type, name] = [one.slice(0, end), one.slice(end + 1)];
    if (!isArgumentType(type)) throw new RangeError(`no argument can have the type "${type}"`);
    return { name, type, ...more[name] };
  });
}

function isArgumentType(type: string): type is ArgumentType {
  return Object.hasOwn(wireOfType, type);
}
