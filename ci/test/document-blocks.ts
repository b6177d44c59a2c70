import type { Document } from './document-rules.js';

/**
 * Fenced blocks of the documents. The words behind the fence say what a block is: ```` ```sh run ````,
 * ```` ```sh not-run: needs a cluster ````, ```` ```text ````.
 */

export interface Block {
  /** `docs/usage.md:12`, the line of the fence. */
  readonly where: string;
  readonly language: string;
  /** What follows the language. */
  readonly mark: string;
  readonly text: string;
}

/**
 * What becomes of a block of commands: run on this machine, run in the slow tests since it takes a network, an engine or
 * minutes, run in a virtual machine since it traces a whole host, or not run, with the reason.
 */
const marks = new Set(['run', 'run slow', 'run vm']);
const reasoned = /^not-run: \S.{9,}$/;

/** Languages whose blocks are no commands. */
const passive = ['text', 'mermaid', 'yaml', 'js', 'json', 'ini'];

/** All fenced blocks of a page, in order. */
export function blocksOf({ path, text }: Document): Block[] {
  const blocks: Block[] = [];
  let open: { where: string; info: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.startsWith('```')) open?.lines.push(line);
    else if (open === undefined) open = { where: `${path}:${index + 1}`, info: line.slice(3), lines: [] };
    else {
      const [language = '', ...rest] = open.info.split(' ');
      const body = open.lines.join('\n');
      blocks.push({ where: open.where, language, mark: rest.join(' '), text: `${body}\n` });
      open = undefined;
    }
  }
  return blocks;
}

/** Blocks of commands with this mark. */
export function commandBlocks(document: Document, mark: 'run' | 'run slow' | 'run vm'): Block[] {
  return blocksOf(document).filter((block) => block.language === 'sh' && block.mark === mark);
}

/** Blocks that do not say what they are, commands in blocks that say they have none, and fences that no test sees. */
export function findUnmarkedBlocks(documents: readonly Document[]): string[] {
  return documents.flatMap((document) => [
    ...document.text
      .split('\n')
      .flatMap((line, index) =>
        /^(?: +```|\s*~~~|````)/.test(line)
          ? [`${document.path}:${index + 1} has a fence that is indented or no \`\`\``]
          : [],
      ),
    ...blocksOf(document).flatMap(complaintOf),
  ]);
}

function complaintOf({ where, language, mark, text }: Block): string[] {
  if (language === 'sh')
    return marks.has(mark) || reasoned.test(mark)
      ? []
      : [
          `${where} is "sh ${mark}", but must be "sh run", "sh run slow", "sh run vm" or "sh not-run: REASON"`,
        ];
  if (!passive.includes(language))
    return [`${where} is "${language}", which is none of sh, ${passive.join(', ')}`];
  const command =
    /^(?:[$#] )?(?:sudo )?(?:tracee|tracee-builder|tracee-rules|make|docker|apt-get)(?: .*)?$/m.exec(text);
  return language === 'text' && command !== null
    ? [`${where} is text, but has a command: ${command[0]}`]
    : [];
}
