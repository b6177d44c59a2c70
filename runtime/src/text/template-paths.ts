import type { TemplatePart } from './template.js';

/** A path of a template that starts at the whole of what it is filled with. */
export interface TemplatePath {
  readonly path: readonly string[];
  readonly line: number;
}

/** Paths from the beginning, for whoever knows what is there; within `range` and `with` those that say so by `$`. */
export function pathsFromRoot(parts: readonly TemplatePart[], isAtRoot = true): TemplatePath[] {
  return parts.flatMap((part): TemplatePath[] => {
    if (typeof part === 'string') return [];
    const own = part.value.operands.flatMap((operand): TemplatePath[] =>
      operand.kind === 'path' && (isAtRoot || operand.isFromRoot)
        ? [{ path: operand.path, line: part.value.line }]
        : [],
    );
    if (!('kind' in part)) return own;
    return [
      ...own,
      ...pathsFromRoot(part.body, isAtRoot && part.kind === 'if'),
      ...pathsFromRoot(part.otherwise, isAtRoot),
    ];
  });
}
