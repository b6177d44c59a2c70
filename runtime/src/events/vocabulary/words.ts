/** What a number is called, or what it is where it has no name. */
export type Described = string | number;

/** The words of one vocabulary: how a number is told, and which number a text means. */
export interface Words {
  /** Of 32 bits, with or without a sign. */
  readonly describe: (value: number) => Described;
  /** Undefined for a text that is no name, nor a number. Flags are unsigned. */
  readonly parse: (text: string) => number | undefined;
  readonly names: readonly Entry[];
}

export type Entry = readonly [name: string, value: number];

/** Each number has a name of its own; others are told in digits. */
export function oneOf(entries: readonly Entry[]): Words {
  const words = special(entries);
  return { ...words, describe: (value) => String(words.describe(value)) };
}

/** Some numbers have a name: `AT_FDCWD` among descriptors. All others stay numbers. */
export function special(entries: readonly Entry[]): Words {
  const values = new Map(entries);
  const names = new Map(entries.toReversed().map(([name, value]) => [value, name]));
  return {
    // C's int has the highest bit as a sign.
    describe: (value) => names.get(value) ?? names.get(value >>> 0) ?? value,
    parse: (text) => values.get(text) ?? parseNumber(text),
    names: entries,
  };
}

/** A part of a number in which one of several values stands: the access mode of open flags. */
export interface Choice {
  readonly mask: number;
  readonly entries: readonly Entry[];
  /** A zero says nothing: no signal is sent. */
  readonly isQuietAboutZero?: true;
  /** It is told behind the flags. */
  readonly isLast?: true;
}

export interface Parts {
  readonly choices?: readonly Choice[];
  /** Each a bit or several; what holds another comes first. */
  readonly bits?: readonly Entry[];
  /** Permissions, which people read in octal: `0644`. */
  readonly octal?: number;
  /** What a number is called that has no part at all. */
  readonly none?: string;
  /** What says something else as a whole. */
  readonly whole?: readonly Entry[];
}

/** `O_WRONLY|O_CREAT|0x40000000`: named parts, and what has no name in hexadecimal. */
export function partsOf({ choices = [], bits = [], octal = 0, none = '0', whole = [] }: Parts): Words {
  const flags = bits.filter(([, value]) => value !== 0).toSorted(byBits);
  const zero = bits.find(([, value]) => value === 0)?.[0] ?? none;
  const wholes = new Map(whole.map(([name, value]) => [value, name]));
  const named = choices.map((choice) => ({
    ...choice,
    names: new Map(choice.entries.toReversed().map(([name, value]) => [value, name])),
  }));
  const names = [...whole, ...choices.flatMap(({ entries }) => entries), ...flags];
  const values = new Map([...names, [zero, 0] as const]);
  const tell = (value: number): string => {
    const name = wholes.get(value);
    if (name !== undefined) return name;
    let left = value;
    const first: string[] = [];
    const last: string[] = [];
    for (const { mask, names: choosable, isQuietAboutZero, isLast } of named) {
      const part = (left & mask) >>> 0;
      const chosen = choosable.get(part);
      if (chosen === undefined) continue;
      left = (left & ~mask) >>> 0;
      if (part !== 0 || isQuietAboutZero !== true) (isLast === true ? last : first).push(chosen);
    }
    for (const [flag, bit] of flags) {
      if ((left & bit) >>> 0 !== bit) continue;
      first.push(flag);
      left = (left & ~bit) >>> 0;
    }
    if ((left & octal) !== 0) last.push(`0${(left & octal).toString(8)}`);
    left = (left & ~octal) >>> 0;
    if (left !== 0) last.push(`0x${left.toString(16)}`);
    const all = [...first, ...last];
    return all.length === 0 ? zero : all.join('|');
  };
  return {
    describe: remembered((value) => tell(value >>> 0)),
    parse: (text) => parseParts(text, values, octal !== 0),
    names: bits.some(([, value]) => value === 0) || none !== '0' ? [...names, [zero, 0]] : names,
  };
}

/** As few programs use many different flags, each text is made once. */
const rememberedValues = 1024;

function remembered(tell: (value: number) => string): (value: number) => string {
  const told = new Map<number, string>();
  return (value) => {
    let text = told.get(value);
    if (text === undefined) {
      text = tell(value);
      // Programs can make up values without end.
      if (told.size >= rememberedValues) told.clear();
      told.set(value, text);
    }
    return text;
  };
}

/** Those of many bits hold those of few; else they stay as they were given. */
function byBits([, one]: Entry, [, other]: Entry): number {
  const count = (value: number): number => value.toString(2).replaceAll('0', '').length;
  return count(other) - count(one);
}

function parseParts(
  text: string,
  values: ReadonlyMap<string, number>,
  takesOctal: boolean,
): number | undefined {
  let sum = 0;
  for (const part of text.split('|')) {
    const octal = takesOctal && /^0[0-7]{1,11}$/.test(part) ? Number.parseInt(part, 8) : undefined;
    const bits = values.get(part) ?? octal ?? parseNumber(part);
    if (bits === undefined) return undefined;
    sum |= bits;
  }
  return sum >>> 0;
}

function parseNumber(text: string): number | undefined {
  if (!/^(?:-?\d{1,10}|0x[\da-f]{1,8})$/.test(text)) return undefined;
  const number = Number(text);
  return number > 0xffff_ffff || number < -0x8000_0000 ? undefined : number;
}
