/* 64-bit numbers without bigints where a double is exact: a bigint costs ten times as much. */

const high = 0x1_0000_0000;

/** Unsigned, rounded above 2^53: for times, which get there after 104 days in nanoseconds, and sizes. */
export function readRounded(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * high + view.getUint32(offset, true);
}

/** Signed, rounded beyond 2^53. */
export function readRoundedSigned(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * high + view.getUint32(offset, true);
}

/** Unsigned; a bigint where a double would not be exact. */
export function readExact(view: DataView, offset: number): number | bigint {
  const number = readRounded(view, offset);
  return Number.isSafeInteger(number) ? number : view.getBigUint64(offset, true);
}

/** Signed; a bigint where a double would not be exact. */
export function readExactSigned(view: DataView, offset: number): number | bigint {
  const number = readRoundedSigned(view, offset);
  return Number.isSafeInteger(number) ? number : view.getBigInt64(offset, true);
}

/** `0x7FFC1234`: as the original wrote addresses. */
export function readAddress(view: DataView, offset: number): string {
  return `0x${readExact(view, offset).toString(16).toUpperCase()}`;
}
