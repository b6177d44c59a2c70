/** Middle of a set of measurements and what they spread over. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Median with the lowest and highest value. Throws RangeError for no values. */
export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: Math.min(...values), high: Math.max(...values) };
}

/** Linear between neighbours: `quantile([1, 2, 3, 4], 0.5)` -> 2.5. Throws RangeError for no values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('no values to take a quantile of');
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * The ratio of each pair: what disturbs the machine for a while falls on both halves of a pair, so the ratios
 * are steadier than the times.
 */
export function ratiosOf(subject: readonly number[], baseline: readonly number[]): number[] {
  return subject.flatMap((value, index) => {
    const base = baseline[index];
    return base === undefined || base === 0 ? [] : [value / base];
  });
}

/** Slope of the least squares line, in units of y per unit of x; 0 where x does not vary. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const middleX = mean(({ x }) => x);
  const middleY = mean(({ y }) => y);
  const over = points.reduce((sum, { x, y }) => sum + (x - middleX) * (y - middleY), 0);
  const under = points.reduce((sum, { x }) => sum + (x - middleX) ** 2, 0);
  return under === 0 || points.length === 0 ? 0 : over / under;
}
