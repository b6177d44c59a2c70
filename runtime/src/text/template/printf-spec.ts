/** `%-8.3f`: how a value is to be written. */
export interface Spec {
  readonly verb: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** Without anything but the verb. */
export const plainSpec: Spec = {
  ...{ verb: 'v', plus: false, minus: false, sharp: false, space: false, zero: false },
  ...{ width: undefined, precision: undefined },
};

/** As wide as asked for, counted in characters. Zeros stand on the left only. */
export function pad(text: string, { width, minus, zero }: Spec, mayBeZero = true): string {
  if (width === undefined || text.length >= width * 2) return text;
  const missing = width - charactersIn(text);
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  return (zero && mayBeZero ? '0' : ' ').repeat(missing) + text;
}

/** No more than `precision` characters. */
export function truncate(text: string, { precision }: Spec): string {
  if (precision === undefined || text.length <= precision) return text;
  return Array.from(text).slice(0, precision).join('');
}

function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
