import {
  isMap,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
  type ErrorCode,
  type Node,
} from 'yaml';

/** Keys on the way to a value, as they are written. */
export type Path = readonly string[];

/** Something that is wrong with the file, and where. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** What is wrong, and what mends it. Holds no value of a setting that may be a secret. */
  readonly message: string;
}

/** A file of YAML that could be read. */
export interface ConfigDocument {
  /** Undefined where the file says nothing. */
  readonly value: unknown;
  /** A problem with the value at `path`. */
  readonly problem: (path: Path, message: string) => Problem;
  /** A problem with the last key of `path`. */
  readonly keyProblem: (path: Path, message: string) => Problem;
}

/** A node can be named again by an alias; a small file must not unfold into a large one. */
const maxAliases = 50;

/** Reads the one document of a file, as falcosidekick does. */
export function parseConfig(text: string): ConfigDocument | readonly Problem[] {
  const lines = new LineCounter();
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, message };
  };
  let offset = 0;
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
    const problems = documents.flatMap(({ errors, warnings }) =>
      [...errors, ...warnings].map((error) => at(error.pos[0], describeError(error.code))),
    );
    // One mistake leads to others at the same place.
    if (problems.length > 0) return firstAtEachPlace(problems);
    const [document, second] = documents;
    if (second !== undefined) return [at(second.range[0], 'a second document: only the first would be read')];
    if (document === undefined) return makeDocument(undefined, undefined, at);
    offset = document.range[0];
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return makeDocument(document, value ?? undefined, at);
  } catch (error) {
    if (error instanceof ReferenceError) return [at(offset, `more than ${maxAliases} values by aliases`)];
    if (error instanceof RangeError) return [at(offset, 'nested too deeply')];
    throw error;
  }
}

/** In words of our own: those of the parser quote the file, and what stands there may be a secret. */
const errors: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'an alias without its anchor above',
  BAD_DQ_ESCAPE: 'an escape that there is not in double quotes',
  BAD_INDENT: 'indented differently from what it belongs to',
  BAD_SCALAR_START: 'begins with a character that only stands in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon on one line: quote the text',
  DUPLICATE_KEY: 'a key that stands twice',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key of several lines: a colon or quote may be missing',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab where only blanks may indent',
  TAG_RESOLVE_FAILED: 'a tag that falcosidekick does not know',
  UNEXPECTED_TOKEN: 'something that does not belong here: a quote or bracket may be missing',
};

function describeError(code: ErrorCode): string {
  return errors[code] ?? `no YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

function firstAtEachPlace(problems: readonly Problem[]): Problem[] {
  const places = new Map<string, Problem>();
  for (const problem of problems) {
    const place = `${problem.line}:${problem.column}`;
    if (!places.has(place)) places.set(place, problem);
  }
  return [...places.values()];
}

function makeDocument(
  document: Document.Parsed | undefined,
  value: unknown,
  at: (offset: number, message: string) => Problem,
): ConfigDocument {
  return {
    value,
    problem: (path, message) => at(nodeAt(document, path)?.range?.[0] ?? 0, message),
    keyProblem: (path, message) => {
      const parent = nodeAt(document, path.slice(0, -1));
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
      const node = isScalar(pair?.key) ? pair.key : parent;
      return at(node?.range?.[0] ?? 0, message);
    },
  };
}

/** The node at a path, or the nearest above it: what comes by an alias has no place of its own. */
function nodeAt(document: Document.Parsed | undefined, path: Path): Node | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document?.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node) return node as Node;
  }
  return document?.contents ?? undefined;
}
