import type { Command } from 'commander';

/** The original took `-rules` for `--rules`, as programs in Go do. What stands behind `--` is not ours. */
export function withTwoDashes(program: Command, words: readonly string[]): string[] {
  const names = new Set(program.options.map(({ long }) => long?.slice(2)));
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const name = /^-(?<name>[a-z][a-z-]+)/.exec(word)?.groups?.['name'];
    return names.has(name) && (end < 0 || index < end) ? `-${word}` : word;
  });
}
