import { isMap, isScalar, LineCounter, parseAllDocuments, Scalar, type Document, type Node } from 'yaml';
import type { RuleProblem } from './problem.js';

/** Way to a value: keys of mappings and indices of lists. */
export type Path = readonly (string | number)[];

/** One document of a file of YAML. */
export interface YamlDocument {
  readonly value: unknown;
  /**
   * A problem with the value at `path` or, where there is none, with what should hold it; `offset` is a
   * character of the text there.
   */
  problem(path: Path, message: string, hint?: string, offset?: number): RuleProblem;
  /** A problem with a key of the mapping at `path`. */
  keyProblem(path: Path, key: string, message: string, hint?: string): RuleProblem;
}

/** Documents of a file without those that are empty, and what is no YAML in it. */
export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly RuleProblem[];
}

/** A document may name a node again by an alias; a small file must not unfold into a large one. */
const maxAliases = 50;

export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const problems = parsed.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map((error) => ({
      file,
      ...place(lines, error.pos[0]),
      message: error.message,
    })),
  );
  if (problems.length > 0) return { documents: [], problems };
  const documents: YamlDocument[] = [];
  for (const document of parsed) {
    try {
      const value: unknown = document.toJS({ maxAliasCount: maxAliases });
      if (value !== null) documents.push(makeDocument(document, value, text, file, lines));
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      problems.push({ file, ...place(lines, document.range[0]), message: error.message });
    }
  }
  return { documents, problems };
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function makeDocument(
  document: Document.Parsed,
  value: unknown,
  text: string,
  file: string,
  lines: LineCounter,
): YamlDocument {
  const at = (offset: number, message: string, hint?: string): RuleProblem => ({
    ...{ file, ...place(lines, offset), message },
    ...(hint === undefined ? {} : { hint }),
  });
  return {
    value,
    problem: (path, message, hint, offset) => {
      const node = nodeAt(document, path);
      const start = node?.range?.[0] ?? document.contents?.range[0] ?? 0;
      const inside = isScalar(node) && offset !== undefined ? sourceOffset(node, text, offset) : 0;
      return at(start + inside, message, hint);
    },
    keyProblem: (path, key, message, hint) => {
      const parent = nodeAt(document, path);
      const pair = isMap(parent)
        ? parent.items.find((one) => isScalar(one.key) && one.key.value === key)
        : undefined;
      const node = isScalar(pair?.key) ? pair.key : parent;
      return at(node?.range?.[0] ?? 0, message, hint);
    },
  };
}

/** The node at a path, or the nearest above it. */
function nodeAt(document: Document.Parsed, path: Path): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node) return node as Node;
  }
  return undefined;
}

/**
 * Where the character `offset` of a scalar's text stands in its source, from the scalar's start: behind the
 * quote, or below the `|` and right of the indentation. Escapes count as the character they stand for.
 */
function sourceOffset(node: Scalar, text: string, offset: number): number {
  const [start, end] = node.range ?? [0, 0];
  const source = text.slice(start, end);
  const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  let at = 0;
  if (isQuoted) at = 1;
  if (isBlock) at = source.indexOf('\n') + 1 + indentationIn(source.slice(source.indexOf('\n') + 1));
  for (let seen = 0; seen < offset && at < source.length; seen++) {
    if (source[at] === '\n') at += 1 + indentationIn(source.slice(at + 1));
    else if (node.type === Scalar.QUOTE_DOUBLE && source[at] === '\\') at += 2;
    else if (node.type === Scalar.QUOTE_SINGLE && source.startsWith("''", at)) at += 2;
    else at += 1;
  }
  return at;
}

function indentationIn(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}
