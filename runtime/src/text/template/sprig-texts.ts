import { makeList, requireList, requireSize, requireText, requireWords } from './arguments.js';
import { changeSpace, changeText, checkLength, compose, pieceOf, type Piece } from './compose.js';
import type { Functions, TemplateFunction } from './tree.js';
import { isList, kindOf, OwnText, textOf, type Text, type Texts } from './values.js';

/** Functions of Sprig on texts, with the order of values that they have there. */
export function sprigTexts(texts: Texts): Functions {
  return {
    ...changes(texts),
    contains: test('contains', (text, part) => text.includes(part)),
    hasPrefix: test('hasPrefix', (text, part) => text.startsWith(part)),
    hasSuffix: test('hasSuffix', (text, part) => text.endsWith(part)),
    replace: {
      call: (old, by, text) => replace(requireText('replace', text), old, requireText('replace', by), texts),
      ...times(3),
    },
    repeat: {
      call: (count, text) => {
        const size = Math.max(requireSize('repeat', count), 0);
        checkLength(requireWords('repeat', text).length * size);
        return changeText(requireText('repeat', text), (one) => one.repeat(size));
      },
      ...times(2),
    },
    join: { call: (separator, list) => join(requireText('join', separator), list, texts), ...times(2) },
    cat: {
      call: (...values) => join(new OwnText(' '), values, texts),
      least: 0,
      most: Infinity,
    },
    squote: {
      call: (...values) =>
        join(
          new OwnText(' '),
          values.filter(isThere).map((one) => squote(one, texts)),
          texts,
        ),
      least: 0,
      most: Infinity,
    },
    splitList: {
      call: (separator, text) =>
        splitList(requireWords('splitList', separator), requireText('splitList', text)),
      ...times(2),
    },
    sortAlpha: {
      call: (list) => makeList(requireList('sortAlpha', list).map(plainText).sort()),
      ...times(1),
    },
    toString: { call: (value) => compose([pieceOf(value)], texts), ...times(1) },
    toStrings: { call: (list) => makeList(requireList('toStrings', list).map(plainText)), ...times(1) },
    nindent: {
      call: (count, text) =>
        compose(
          [own('\n'), pieceOf(indent(requireSize('nindent', count), requireText('nindent', text)))],
          texts,
        ),
      ...times(2),
    },
    b64enc: {
      call: (text) => changeText(requireText('b64enc', text), (one) => texts.encode(one).toString('base64')),
      ...times(1),
    },
    b64dec: {
      // What comes out is nobody's own text: it is escaped.
      call: (text) => texts.decode(Buffer.from(requireWords('b64dec', text), 'base64')),
      ...times(1),
    },
  };
}

/** Functions that change a text, which comes last. */
function changes({ encode, decode }: Texts): Functions {
  return {
    trim: spaceChange('trim', (text) => text.trim()),
    upper: change('upper', (text) => text.toUpperCase()),
    lower: change('lower', (text) => text.toLowerCase()),
    title: change('title', (text) =>
      text.replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase()),
    ),
    untitle: change('untitle', (text) =>
      text.replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toLowerCase()),
    ),
    nospace: change('nospace', (text) => text.replace(/\s+/g, '')),
    trimAll: changeBy('trimAll', (text, characters) => trimAll(text, new Set(characters))),
    trimPrefix: changeBy('trimPrefix', (text, part) =>
      text.startsWith(part) ? text.slice(part.length) : text,
    ),
    trimSuffix: changeBy('trimSuffix', (text, part) =>
      part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text,
    ),
    trunc: {
      call: (count, text) => {
        const size = requireSize('trunc', count);
        const cut = (one: string): string => {
          const characters = Array.from(one);
          if (characters.length <= Math.abs(size)) return one;
          return (size < 0 ? characters.slice(size) : characters.slice(0, size)).join('');
        };
        return changeText(requireText('trunc', text), cut);
      },
      ...times(2),
    },
    substr: {
      call: (begin, end, text) => {
        const from = Math.max(requireSize('substr', begin), 0);
        const to = requireSize('substr', end);
        const cut = (one: string): string => decode(encode(one).subarray(from, to < 0 ? undefined : to));
        return changeText(requireText('substr', text), cut);
      },
      ...times(3),
    },
    indent: {
      call: (count, text) => indent(requireSize('indent', count), requireText('indent', text)),
      ...times(2),
    },
  };
}

function change(name: string, how: (text: string) => string): TemplateFunction {
  return { call: (text) => changeText(requireText(name, text), how), ...times(1) };
}

function spaceChange(name: string, how: (text: string) => string): TemplateFunction {
  return { call: (text) => changeSpace(requireText(name, text), how), ...times(1) };
}

function changeBy(name: string, how: (text: string, by: string) => string): TemplateFunction {
  return {
    call: (by, text) => {
      const words = requireWords(name, by);
      return changeText(requireText(name, text), (one) => how(one, words));
    },
    ...times(2),
  };
}

function test(name: string, holds: (text: string, part: string) => boolean): TemplateFunction {
  return { call: (part, text) => holds(requireWords(name, text), requireWords(name, part)), ...times(2) };
}

function times(count: number): { least: number; most: number } {
  return { least: count, most: count };
}

function indent(count: number, text: Text): Text {
  const space = ' '.repeat(Math.max(count, 0));
  return changeSpace(text, (one) => space + one.replaceAll('\n', `\n${space}`));
}

function replace(text: Text, old: unknown, by: Text, texts: Texts): Text {
  const { from } = pieceOf(text);
  const parts = textOf(text).split(requireWords('replace', old));
  checkLength(textOf(text).length + parts.length * textOf(by).length);
  const pieces = parts.flatMap((part, index): Piece[] => {
    // JSON with something else in it may not be JSON any more.
    const piece: Piece = { text: part, from: from === 'json' ? 'data' : from };
    return index === 0 ? [piece] : [pieceOf(by), piece];
  });
  return compose(pieces, texts);
}

/** Elements that are not there are left out; what is no list stands for itself. */
function join(separator: Text, list: unknown, texts: Texts): Text {
  const values = (isList(list) ? list : [list]).filter(isThere);
  const between = pieceOf(separator);
  checkLength(values.length * between.text.length);
  return compose(
    values.flatMap((value, index) => (index === 0 ? [pieceOf(value)] : [between, pieceOf(value)])),
    texts,
  );
}

function squote(value: unknown, texts: Texts): Text {
  return compose([own("'"), pieceOf(value), own("'")], texts);
}

function splitList(separator: string, text: Text): readonly unknown[] {
  const parts = separator === '' ? Array.from(textOf(text)) : textOf(text).split(separator);
  return makeList(text instanceof OwnText ? parts.map((part) => new OwnText(part)) : parts);
}

function trimAll(text: string, characters: ReadonlySet<string>): string {
  const all = Array.from(text);
  let begin = 0;
  let end = all.length;
  while (begin < end && characters.has(all[begin] ?? '')) begin += 1;
  while (end > begin && characters.has(all[end - 1] ?? '')) end -= 1;
  return all.slice(begin, end).join('');
}

function isThere(value: unknown): boolean {
  return kindOf(value) !== 'nil';
}

function plainText(value: unknown): string {
  return pieceOf(value).text;
}

function own(text: string): Piece {
  return { text, from: 'template' };
}
