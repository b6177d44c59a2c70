import { distance } from 'fastest-levenshtein';

/** The name most like `name`, where one is near enough to be meant: `ptrase` -> `ptrace`. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, name.length / 3) ? best.candidate : undefined;
}
