/** `-1.50e+00` and the like, as Go prints them: with any precision, or with the digits that a number needs. */
export function formatFloat(value: number, verb: string, precision: number | undefined): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  const lower = verb.toLowerCase();
  let text: string;
  if (lower === 'f') text = fixed(size, precision ?? 6);
  else if (lower === 'e') text = scientific(digitsOf(size, (precision ?? 6) + 1), precision ?? 6);
  else text = general(size, precision);
  return sign + (verb === lower ? text : text.toUpperCase());
}

/** Digits without zeros at their end, and the power of ten of the first. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

function general(size: number, precision: number | undefined): string {
  const found = precision === undefined ? shortest(size) : digitsOf(size, Math.max(precision, 1));
  const { digits, exponent } = found;
  // As Go decides: by the precision, or by the digits where they are fewer, and by 6 where all are wanted.
  let limit = precision === undefined ? 6 : Math.max(precision, 1);
  if (precision !== undefined && limit > digits.length && digits.length > exponent) limit = digits.length;
  if (exponent < -4 || exponent >= limit) return scientific(found, digits.length - 1);
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return digits.length > exponent + 1 ? `${whole}.${digits.slice(exponent + 1)}` : whole;
}

function scientific({ digits, exponent }: Digits, places: number): string {
  const padded = digits.padEnd(places + 1, '0');
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `${padded.slice(0, 1)}${places > 0 ? `.${padded.slice(1, places + 1)}` : ''}e${power}`;
}

function fixed(size: number, places: number): string {
  const digits = String(scaled(size, places)).padStart(places + 1, '0');
  if (places === 0) return digits;
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function shortest(size: number): Digits {
  const [mantissa = '0', exponent = '0'] = size.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

function digitsOf(size: number, count: number): Digits {
  const { exponent } = shortest(size);
  const digits = size === 0 ? '0' : String(scaled(size, count - 1 - exponent));
  // 9.99 with two digits is 10: one digit more, and the next power.
  const carried = size !== 0 && digits.length > count ? 1 : 0;
  return { digits: digits.replace(/(?<=.)0+$/, ''), exponent: exponent + carried };
}

/** `size` times ten to the power of `places`, rounded to the nearest, to the even one of two: toFixed rounds up. */
function scaled(size: number, places: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const mantissa = (raw & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const power = Math.max(biased, 1) - 1075;
  const above = mantissa * 10n ** BigInt(Math.max(places, 0)) * 2n ** BigInt(Math.max(power, 0));
  const below = 10n ** BigInt(Math.max(-places, 0)) * 2n ** BigInt(Math.max(-power, 0));
  const whole = above / below;
  const twice = (above % below) * 2n;
  return twice > below || (twice === below && whole % 2n === 1n) ? whole + 1n : whole;
}
