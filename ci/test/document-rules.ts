import { posix } from 'node:path';

/**
 * What the documents promise, read out of their Markdown, so that tests can compare it with what is there.
 * Functions that look for violations return one sentence for each.
 */

export interface Document {
  /** From the repository's root: `docs/usage.md`. */
  readonly path: string;
  readonly text: string;
}

/** Relative links that lead to no file, and anchors that lead to no heading. */
export function findBrokenLinks(
  documents: readonly Document[],
  isThere: (path: string) => boolean,
): string[] {
  return documents.flatMap((document) =>
    linksOf(document.text).flatMap((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? document.path : posix.join(posix.dirname(document.path), file);
      if (!isThere(path)) return [`${document.path} links to ${link}, which is not there`];
      const target = documents.find((one) => one.path === path);
      if (anchor === undefined || target === undefined) return [];
      return anchorsOf(target.text).includes(anchor)
        ? []
        : [`${document.path} links to ${link}, but ${path} has no such heading`];
    }),
  );
}

function linksOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Anchors as GitHub makes them of headings: `## Exit codes` -> `exit-codes`. */
export function anchorsOf(markdown: string): string[] {
  return [...markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Code spans and lines of code blocks. */
export function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap((match) =>
    (match[1] ?? '').split('\n'),
  );
  const spans = [...markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    (match) => match[1] ?? '',
  );
  return [...spans, ...blocks];
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]+`/g, '');
}

/** `make` targets that documents name in code and the Makefile does not have. */
export function findUnknownTargets(documents: readonly Document[], makefile: string): string[] {
  const targets = new Set([...makefile.matchAll(/^([a-z][a-z0-9-]*):/gm)].map((match) => match[1]));
  return documents.flatMap(({ path, text }) =>
    codeOf(text)
      .flatMap((code) => /^\s*make +(?:[A-Z_]+=\S+ +)*([a-z][a-z0-9-]*)/.exec(code)?.[1] ?? [])
      .filter((target) => !targets.has(target))
      .map((target) => `${path} names make ${target}, which the Makefile does not have`),
  );
}

/** Long options of a `--help` page, `--help` itself left out. */
export function optionsOfHelp(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?--([a-z][a-z-]*)/gm)]
    .map((match) => `--${match[1] ?? ''}`)
    .filter((option) => option !== '--help');
}

/** Long options in the first column of the tables below the heading `` ## `command` ``. */
export function optionsOfSection(markdown: string, command: string): string[] {
  const [, ...sections] = markdown.split(/^## /m);
  const section = sections.find((one) => one.startsWith(`\`${command}\`\n`));
  if (section === undefined) throw new Error(`no section ## \`${command}\``);
  return [...section.matchAll(/^\| `(?:-\w, )?(--[a-z][a-z-]*)/gm)].map((match) => match[1] ?? '');
}

/** Differences between two lists of names, as sentences. */
export function compareNames(
  what: string,
  there: readonly string[],
  documented: readonly string[],
): string[] {
  return [
    ...there.filter((name) => !documented.includes(name)).map((name) => `${what} ${name} is not documented`),
    ...documented.filter((name) => !there.includes(name)).map((name) => `${what} ${name} does not exist`),
  ];
}

/** Options in code that none of our programs has; `known` are those of other programs. */
export function findUnknownOptions(
  documents: readonly Document[],
  options: readonly string[],
  known: readonly string[],
): string[] {
  return documents.flatMap(({ path, text }) =>
    codeOf(text)
      .flatMap((code) => [...code.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map((match) => match[0]))
      .filter((option) => !options.includes(option) && !known.includes(option))
      .map((option) => `${path} names ${option}, which no program here has`),
  );
}

/** First column of the rows of a table whose head begins with this word: `` | `bpf/` | … `` -> `bpf/`. */
export function firstColumn(markdown: string, head: string): string[] {
  const rows = markdown.split('\n');
  const start = rows.findIndex((row) => new RegExp(`^\\| ${head} +\\|`).test(row));
  if (start === -1) throw new Error(`no table that begins with ${head}`);
  const length = rows.slice(start).findIndex((row) => !row.startsWith('|'));
  return rows
    .slice(start + 2, length === -1 ? undefined : start + length)
    .map((row) => (row.split('|')[1] ?? '').trim().replaceAll('`', ''));
}

/** Rows `| offset | size | field | …` between a heading and the next one. */
export function offsetsOfTable(
  markdown: string,
  heading: string,
): [field: string, offset: number, size: number][] {
  const [, below] = markdown.split(`\n${heading}\n`);
  if (below === undefined) throw new Error(`no heading ${heading}`);
  const [section = ''] = below.split(/^#/m);
  return [...section.matchAll(/^\| (\d+) +\| (\d+) +\| `(\w+)` /gm)].map((row) => [
    row[3] ?? '',
    Number(row[1]),
    Number(row[2]),
  ]);
}
