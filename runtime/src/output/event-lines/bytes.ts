/*
 * Text made byte by byte, in a buffer that the caller knows to be large enough: strings that are put together
 * cost a copy each, and another where they are written. Each function gives where it ended.
 */

const zero = 0x30;

/** Larger numbers are written in two halves, so that each is a small integer. */
const half = 1_000_000;

/** An integer from 0 to 2^53. */
export function putUnsigned(bytes: Uint8Array, at: number, value: number): number {
  if (value >= half) {
    const upper = Math.floor(value / half);
    return putPadded(bytes, putUnsigned(bytes, at, upper), value - upper * half, 6);
  }
  return putPadded(bytes, at, value, digitsOf(value));
}

/** An integer from -2^53 to 2^53. */
export function putSigned(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return putUnsigned(bytes, at, value);
  bytes[at] = 0x2d;
  return putUnsigned(bytes, at + 1, -value);
}

/** A number below 2^31 with so many digits. */
function putPadded(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let index = at + digits - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0;
    bytes[index] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

function digitsOf(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  return value < 100_000 ? 5 : 6;
}

/** Nanoseconds up to 2^53 as seconds with all digits: the same text as `secondsOf`. */
export function putSeconds(bytes: Uint8Array, at: number, nanoseconds: number): number {
  let seconds = Math.floor(nanoseconds / 1e9);
  let rest = nanoseconds - seconds * 1e9;
  // The division rounds, near 2^53 up to the next whole second.
  if (rest < 0) {
    seconds -= 1;
    rest += 1e9;
  }
  let end = putUnsigned(bytes, at, seconds);
  if (rest === 0) return end;
  bytes[end] = 0x2e;
  const upper = (rest / 10_000) | 0;
  end = putPadded(bytes, end + 1, upper, 5);
  end = putPadded(bytes, end, rest - upper * 10_000, 4);
  while (bytes[end - 1] === zero) end -= 1;
  return end;
}

/** An address as the original wrote it, `0x7FFC1234`, from its two halves. */
export function putAddress(bytes: Uint8Array, at: number, high: number, low: number): number {
  bytes[at] = zero;
  bytes[at + 1] = 0x78;
  const upper = high === 0 ? 0 : hexDigitsOf(high);
  if (upper > 0) putHex(bytes, at + 2, high, upper);
  const lower = upper > 0 ? 8 : hexDigitsOf(low);
  putHex(bytes, at + 2 + upper, low, lower);
  return at + 2 + upper + lower;
}

function hexDigitsOf(value: number): number {
  return value === 0 ? 1 : 8 - (Math.clz32(value) >>> 2);
}

function putHex(bytes: Uint8Array, at: number, value: number, digits: number): void {
  let rest = value;
  for (let index = at + digits - 1; index >= at; index--) {
    const digit = rest & 15;
    bytes[index] = digit < 10 ? zero + digit : 0x37 + digit;
    rest >>>= 4;
  }
}

/** Copies text that JSON need not escape; -1 where there is anything else in it. */
export function putPlain(
  bytes: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  length: number,
): number {
  for (let index = 0; index < length; index++) {
    const byte = from[start + index] ?? 0;
    // Printable ASCII but for the quotation mark and the backslash.
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c) return -1;
    bytes[at + index] = byte;
  }
  return at + length;
}
