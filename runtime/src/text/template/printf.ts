import { pieceOf, type Piece } from './compose.js';
import { WrongValue } from './mistakes.js';
import { plainSpec, type Spec } from './printf-spec.js';
import { formatSpec } from './printf-value.js';
import { isText, Json, kindOf, OwnText, textOf, typeName, type Text, type Texts } from './values.js';

const directive =
  /%(?<flags>[#0+\- ]*)(?:\[(?<first>[^\]]{0,8})\])?(?<width>\*|\d+)?(?:(?<point>\.)(?:\[(?<second>[^\]]{0,8})\])?(?<precision>\*|\d+)?)?(?:\[(?<third>[^\]]{0,8})\])?(?<verb>[^])?/uy;

/** Widths and precisions. Go allows more, and nobody reads that. */
const maxSize = 10_000;

/** What stands behind a `%`, by the names of {@link directive}. */
type Directive = Readonly<Record<string, string | undefined>>;
type Step = string | Directive;

/** Of formats that stand in a template: they are used again and again. */
const known = new WeakMap<OwnText, readonly Step[]>();

/** What Go's printf makes of a format and its values, piece by piece. */
export function printf(format: Text, values: readonly unknown[], texts: Texts): Piece[] {
  return new Printer(format, values, texts).print();
}

class Printer {
  readonly #steps: readonly Step[];
  readonly #own: Piece['from'];
  readonly #values: readonly unknown[];
  readonly #texts: Texts;
  readonly #pieces: Piece[] = [];
  /** Which value is next. */
  #next = 0;
  /** One was asked for by its number: then nobody says which were left. */
  #isReordered = false;

  constructor(format: Text, values: readonly unknown[], texts: Texts) {
    this.#steps = stepsOf(format);
    this.#own = pieceOf(format).from;
    this.#values = values;
    this.#texts = texts;
  }

  print(): Piece[] {
    for (const step of this.#steps) {
      if (typeof step === 'string') this.#say(step);
      else this.#directive(step);
    }
    this.#tellExtra();
    return this.#pieces;
  }

  #directive(groups: Directive): void {
    const { flags = '', width: wide, precision: exact, point, verb } = groups;
    let isGood = this.#seek(groups['first']);
    // A number of a value stands before the `*` or the verb that takes it, nowhere else.
    if (groups['first'] !== undefined && wide !== '*' && (wide !== undefined || point !== undefined)) {
      isGood = false;
    }
    let width = wide === '*' ? this.#take('%!(BADWIDTH)') : numberOf(wide);
    let precision: number | undefined;
    if (point !== undefined) {
      isGood = this.#seek(groups['second']) && isGood;
      precision = exact === '*' ? this.#take('%!(BADPREC)') : (numberOf(exact) ?? 0);
      if (precision !== undefined && precision < 0) {
        precision = undefined;
        this.#say('%!(BADPREC)');
      }
    }
    isGood = this.#seek(groups['third']) && isGood;
    if ((width ?? 0) > maxSize || (precision ?? 0) > maxSize) {
      throw new WrongValue(`printf: no width and no precision is more than ${maxSize}`);
    }
    if (verb === undefined) {
      this.#say('%!(NOVERB)');
      return;
    }
    const isMinus = flags.includes('-') || (width ?? 0) < 0;
    if (width !== undefined) width = Math.abs(width);
    const has = (flag: string): boolean => flags.includes(flag);
    const signs = { plus: has('+'), minus: isMinus, sharp: has('#'), space: has(' '), zero: has('0') };
    this.#print({ verb, ...signs, width, precision }, isGood);
  }

  #print(spec: Spec, isGood: boolean): void {
    const { verb } = spec;
    if (verb === '%') this.#say('%');
    else if (!isGood) this.#say(`%!${verb}(BADINDEX)`);
    else if (this.#next >= this.#values.length) this.#say(`%!${verb}(MISSING)`);
    else {
      const value = this.#values[this.#next];
      // For %v it asks for names of fields, and not for a sign.
      this.#add(value, verb === 'v' ? { ...spec, plus: false } : spec);
      this.#next += 1;
    }
  }

  /** `%[2]d` asks for a value by its number. */
  #seek(number: string | undefined): boolean {
    if (number === undefined) return true;
    this.#isReordered = true;
    const index = /^\d{1,6}$/.test(number) ? Number(number) - 1 : -1;
    if (index < 0 || index >= this.#values.length) return false;
    this.#next = index;
    return true;
  }

  /** A width or precision that is one of the values. */
  #take(complaint: string): number | undefined {
    const value = this.#values[this.#next];
    if (this.#next < this.#values.length) this.#next += 1;
    const size = kindOf(value) === 'int' ? Number(value) : NaN;
    if (Math.abs(size) <= maxSize) return size;
    this.#say(complaint);
    return undefined;
  }

  #tellExtra(): void {
    if (this.#isReordered || this.#next >= this.#values.length) return;
    this.#say('%!(EXTRA ');
    for (let index = this.#next; index < this.#values.length; index += 1) {
      const value = this.#values[index];
      const isNil = kindOf(value) === 'nil';
      this.#say(`${index > this.#next ? ', ' : ''}${isNil ? '' : `${typeName(value)}=`}`);
      this.#add(value, plainSpec);
    }
    this.#say(')');
  }

  #add(value: unknown, spec: Spec): void {
    this.#pieces.push({ text: formatSpec(value, spec, this.#texts), from: this.#whose(value, spec) });
  }

  /** JSON that is cut is none; and a number from elsewhere may be any character. */
  #whose(value: unknown, { verb, precision }: Spec): Piece['from'] {
    const isWhole = 'sv'.includes(verb) && precision === undefined;
    if (value instanceof Json) return isWhole ? 'json' : 'data';
    if (value instanceof OwnText) return 'template';
    const kind = kindOf(value);
    if (kind === 'text' || kind === 'list' || kind === 'map' || verb === 'c') return 'data';
    return this.#own;
  }

  #say(text: string): void {
    if (text !== '') this.#pieces.push({ text, from: this.#own });
  }
}

function stepsOf(format: Text): readonly Step[] {
  if (!(format instanceof OwnText)) return parseFormat(textOf(format));
  const steps = known.get(format) ?? parseFormat(format.text);
  known.set(format, steps);
  return steps;
}

function parseFormat(format: string): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  for (let mark = format.indexOf('%'); mark >= 0; mark = format.indexOf('%', at)) {
    steps.push(format.slice(at, mark));
    directive.lastIndex = mark;
    steps.push(directive.exec(format)?.groups ?? {});
    at = directive.lastIndex;
  }
  return [...steps, format.slice(at)];
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** The first value of printf. */
export function requireFormat(value: unknown): Text {
  if (isText(value)) return value;
  throw new WrongValue(`printf: the format is of type ${typeName(value)}, not text`);
}
