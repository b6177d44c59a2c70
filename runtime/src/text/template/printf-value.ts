import { formatFloat } from './floats.js';
import { formatNumber } from './print.js';
import { isPrintable, quoteGo } from './quote.js';
import { pad, truncate, type Spec } from './printf-spec.js';
import { entriesOf, isList, isMap, isText, kindOf, textOf, typeName, type Texts } from './values.js';

/** A value as `%…` asks for it, with Go's complaint where the verb is not for it: `%!d(string=x)`. */
export function formatSpec(value: unknown, spec: Spec, texts: Texts): string {
  if (spec.verb === 'T') return pad(truncate(typeName(value), spec), spec);
  if (kindOf(value) === 'nil') return spec.verb === 'v' ? pad('<nil>', spec) : `%!${spec.verb}(<nil>)`;
  return format(value, spec, texts);
}

function format(value: unknown, spec: Spec, texts: Texts): string {
  if (isText(value)) return formatText(textOf(value), spec, texts) ?? complain(value, spec, texts);
  if (typeof value === 'boolean') {
    return 'tv'.includes(spec.verb) ? pad(String(value), spec) : complain(value, spec, texts);
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return formatNumeric(value, spec) ?? complain(value, spec, texts);
  }
  const isGo = spec.verb === 'v' && spec.sharp;
  const member = (one: unknown): string => {
    if (kindOf(one) === 'nil') return isGo ? 'interface {}(nil)' : '<nil>';
    return format(one, spec, texts);
  };
  if (spec.verb === 'p' || spec.verb === 'w') return complain(value, spec, texts);
  if (isList(value)) {
    return isGo ? `[]interface {}{${value.map(member).join(', ')}}` : `[${value.map(member).join(' ')}]`;
  }
  const entries = isMap(value) ? entriesOf(value) : [];
  const parts = entries.map(([key, one]) => `${format(key, spec, texts)}:${member(one)}`);
  return isGo ? `map[string]interface {}{${parts.join(', ')}}` : `map[${parts.join(' ')}]`;
}

function complain(value: unknown, spec: Spec, texts: Texts): string {
  return `%!${spec.verb}(${typeName(value)}=${format(value, { ...spec, verb: 'v', sharp: false }, texts)})`;
}

function formatText(text: string, spec: Spec, texts: Texts): string | undefined {
  switch (spec.verb) {
    case 's':
      return pad(truncate(text, spec), spec);
    case 'v':
      return spec.sharp ? formatQuoted(text, { ...spec, sharp: false }) : pad(truncate(text, spec), spec);
    case 'q':
      return formatQuoted(text, spec);
    case 'x':
    case 'X':
      return formatBytes(texts.encode(text), spec);
    default:
      return undefined;
  }
}

function formatQuoted(text: string, spec: Spec): string {
  const short = truncate(text, spec);
  // oxlint-disable-next-line no-control-regex -- Go quotes so what has none of them, tab excepted
  const canStandRaw = spec.sharp && !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff\p{Cs}]/u.test(short);
  return pad(canStandRaw ? `\`${short}\`` : quoteGo(short, '"', spec.plus), spec);
}

function formatBytes(bytes: Buffer, spec: Spec): string {
  const { sharp, space, verb, precision } = spec;
  const digits = [...bytes.subarray(0, precision)].map((byte) => byte.toString(16).padStart(2, '0'));
  if (digits.length === 0) return pad('', spec);
  const prefix = sharp ? '0x' : '';
  const text = space ? digits.map((one) => prefix + one).join(' ') : prefix + digits.join('');
  return pad(verb === 'X' ? text.toUpperCase() : text, spec);
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatNumeric(value: number | bigint, spec: Spec): string | undefined {
  const { verb } = spec;
  const isFloat = typeof value === 'number' && kindOf(value) === 'float';
  // A number without a fraction is both: nobody knows what it was.
  if (typeof value === 'number' && 'eEfFgG'.includes(verb)) return formatReal(value, verb, spec);
  if (isFloat) {
    if (verb !== 'v') return undefined;
    return spec.precision === undefined
      ? signed(formatNumber(Math.abs(value)), value < 0, spec)
      : formatReal(value, 'g', spec);
  }
  const base = bases[verb];
  if (base !== undefined) return formatInteger(value, base, spec);
  const code = Number(value);
  const isCode = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const character = isCode ? String.fromCodePoint(code) : '\ufffd';
  if (verb === 'c') return pad(character, spec);
  if (verb === 'q') return pad(quoteGo(character, "'", spec.plus), spec);
  if (verb === 'U') return formatUnicode(value, isCode ? character : '', spec);
  return undefined;
}

function formatReal(value: number, verb: string, spec: Spec): string {
  const text = formatFloat(value, verb, spec.precision);
  const isNegative = text.startsWith('-');
  return signed(isNegative || text.startsWith('+') ? text.slice(1) : text, isNegative, spec);
}

/** Zeros stand between sign and digits. */
function signed(digits: string, isNegative: boolean, spec: Spec): string {
  const { plus, space, zero, minus, width = 0 } = spec;
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : '';
  const isPadded = zero && !minus && /^\d/.test(digits);
  const text = isPadded ? digits.padStart(width - sign.length, '0') : digits;
  return pad(sign + text, spec, false);
}

function formatInteger(value: number | bigint, base: number, spec: Spec): string {
  const { verb, sharp, precision, plus, space, zero, minus, width } = spec;
  if (precision === 0 && value == 0) return pad('', spec, false);
  const isNegative = value < 0;
  let digits = (isNegative ? -value : value).toString(base);
  if (precision !== undefined) digits = digits.padStart(precision, '0');
  else if (zero && !minus && width !== undefined) {
    digits = digits.padStart(width - (isNegative || plus || space ? 1 : 0), '0');
  }
  if (sharp && base === 2) digits = `0b${digits}`;
  if (sharp && base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  if (sharp && base === 16) digits = `0x${digits}`;
  if (verb === 'O') digits = `0o${digits}`;
  if (verb === 'X') digits = digits.toUpperCase();
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : '';
  return pad(sign + digits, spec, false);
}

function formatUnicode(value: number | bigint, character: string, spec: Spec): string {
  const digits = BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase();
  const name = `U+${digits.padStart(Math.max(spec.precision ?? 4, 4), '0')}`;
  return pad(spec.sharp && isPrintable(character) ? `${name} '${character}'` : name, spec, false);
}
