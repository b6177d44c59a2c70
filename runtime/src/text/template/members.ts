import { WrongValue } from './mistakes.js';
import { isList, isMap, isText, kindOf, memberOf, OwnText, textOf, typeName, type Texts } from './values.js';

/** Elements, members, or bytes, as Go counts text. */
export function lengthOf(value: unknown, { encode }: Texts): number {
  if (isText(value)) return encode(textOf(value)).length;
  if (isList(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new WrongValue(`len: a value of type ${typeName(value)} has no length`);
}

/** `index .Args 0`, `index .Properties "Severity"`, one index after the other; of text the number of a byte. */
export function indexOf(value: unknown, indexes: readonly unknown[], texts: Texts): unknown {
  if (kindOf(value) === 'nil') throw new WrongValue('index: there is no value');
  return indexes.reduce((found, index) => elementOf(found, index, texts), value);
}

function elementOf(value: unknown, index: unknown, { encode }: Texts): unknown {
  if (isMap(value)) {
    if (isText(index)) return memberOf(value, textOf(index));
    throw new WrongValue(`index: a map has no member of type ${typeName(index)}`);
  }
  if (!isList(value) && !isText(value)) {
    throw new WrongValue(`index: a value of type ${typeName(value)} has no elements`);
  }
  const elements = isList(value) ? value : encode(textOf(value));
  return elements[requireIndex('index', index, elements.length - 1)];
}

/** `slice .X 1 3`: of a list, or of the bytes of a text. */
export function sliceOf(value: unknown, indexes: readonly unknown[], { encode, decode }: Texts): unknown {
  if (!isList(value) && !isText(value)) {
    throw new WrongValue(`slice: a value of type ${typeName(value)} has no parts`);
  }
  if (isText(value) && indexes.length > 2) throw new WrongValue('slice: a text has two indexes');
  const elements = isList(value) ? value : encode(textOf(value));
  const [begin = 0, end = elements.length, room = elements.length] = indexes.map((index) =>
    requireIndex('slice', index, elements.length),
  );
  if (begin > end || end > room) throw new WrongValue(`slice: ${begin} to ${end} is no part`);
  if (isList(value)) return value.slice(begin, end);
  const part = decode(encode(textOf(value)).subarray(begin, end));
  return value instanceof OwnText ? new OwnText(part) : part;
}

function requireIndex(name: string, index: unknown, last: number): number {
  if (kindOf(index) !== 'int') {
    throw new WrongValue(`${name}: a value of type ${typeName(index)} is no index`);
  }
  const number = Number(index);
  if (number >= 0 && number <= last) return number;
  throw new WrongValue(`${name}: ${number} is out of range`);
}
