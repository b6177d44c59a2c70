/**
 * The files on the right of a rule that a compiler wrote with `-MD`, continued lines and escapes undone:
 * `tracee.bc: a.c my\ b.h \` -> `a.c`, `my b.h`.
 */
export function prerequisites(rule: string): string[] {
  const words = rule.replaceAll('\\\n', ' ').match(/(?:\\.|[^\s\\])+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll(/\\([ #])/g, '$1').replaceAll('$$', '$'));
}
