import { WrongValue } from './mistakes.js';

/** What a template is to know of text, which may hold bytes that are no UTF-8. */
export interface Texts {
  /** Makes text of others harmless; text that is harmless stays as it is. */
  readonly escape: (text: string) => string;
  readonly encode: (text: string) => Buffer;
  readonly decode: (bytes: Buffer) => string;
}

/** Text that is printed as it is, where text of others is escaped. */
abstract class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** What stands in the template itself. */
export class OwnText extends PlainText {}

/** JSON that a function made, never escaped again. */
export class Json extends PlainText {}

export type Text = string | OwnText | Json;

export type Kind = 'nil' | 'bool' | 'int' | 'float' | 'text' | 'list' | 'map';

/** What Go would take a value for. A number without a fraction is an int. */
export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'object':
      if (value === null) return 'nil';
      if (isText(value)) return 'text';
      return Array.isArray(value) ? 'list' : 'map';
    default:
      // Functions too: templates have no use for them.
      return 'nil';
  }
}

export function isText(value: unknown): value is Text {
  return typeof value === 'string' || value instanceof PlainText;
}

export function textOf(value: Text): string {
  return typeof value === 'string' ? value : value.text;
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** As Go names types, in messages and for `%T`. */
export function typeName(value: unknown): string {
  const names = {
    ...{ nil: '<nil>', bool: 'bool', int: 'int', float: 'float64', text: 'string' },
    ...{ list: '[]interface {}', map: 'map[string]interface {}' },
  };
  return names[kindOf(value)];
}

/** As Go has it: what is empty or zero is false. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (isText(value)) return textOf(value) !== '';
  if (isList(value)) return value.length > 0;
  return kindOf(value) === 'map' && Object.keys(value as object).length > 0;
}

/** Own members only: nothing of what JavaScript objects inherit, or hide, can be reached. */
export function memberOf(value: unknown, name: string): unknown {
  if (isMap(value)) return Object.prototype.propertyIsEnumerable.call(value, name) ? value[name] : undefined;
  // What is not there has no members either: `.Data.a.b` without `a`.
  if (kindOf(value) === 'nil') return undefined;
  throw new WrongValue(`there is no field ${name} in a value of type ${typeName(value)}`);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return kindOf(value) === 'map';
}

/** Members of a map in the order of their names. */
export function entriesOf(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
}
