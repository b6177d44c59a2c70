import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  rawBtf,
  readBtf,
  readElfSection,
  readRelocations,
  sortMembers,
  type Architecture,
  type MemberName,
} from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { layoutFile, type Sources } from '../sources.js';

/**
 * The list of kernel structure members that the programs read stands in the sources, made from the CO-RE
 * relocations of the portable object: compiling that one beside every other would double the time.
 */
export function listPath(sources: Sources, arch: Architecture): string {
  return join(sources.directory, `generated/layout-${arch}.h`);
}

/** What an object can read: the list, and what `layout.c` adds for old kernels. Throws `COMPILE_FAILED`. */
export function readList(sources: Sources, arch: Architecture): MemberName[] {
  return [...parse(listPath(sources, arch)), ...parse(join(sources.directory, layoutFile))];
}

function parse(path: string): MemberName[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (cause) {
    throw new TraceeError('COMPILE_FAILED', `${path} cannot be read`, { hint: generateHint, cause });
  }
  const lines = text.matchAll(/^LAYOUT_(?:SIZE\((\w+)\)|MEMBER\((\w+), ([^)]+)\))$/gm);
  return [...lines].map(([, sized, struct, member]) =>
    sized === undefined ? { struct: struct ?? '', member: member ?? '' } : { struct: sized, member: null },
  );
}

/** What a portable object reads, sorted; each once. Throws `OBJECT_INVALID`. */
export function listOf(object: Uint8Array, path: string): MemberName[] {
  const extension = readElfSection(object, path, '.BTF.ext') ?? new Uint8Array();
  const accesses = readRelocations(readBtf(rawBtf(object, path), path), extension);
  // A structure and its variants (task_struct___old) can read the same.
  return sortMembers([...new Map(accesses.map((access) => [lineOf(access), access])).values()]);
}

/** The list as it stands in the sources. */
export function listText(members: readonly MemberName[]): string {
  return [
    '/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */',
    '/* Made from the relocations of the portable object: npm run generate. What the programs read. */',
    '',
    ...members.map(lineOf),
    '',
  ].join('\n');
}

/** Throws `COMPILE_FAILED` where a portable object reads something else than the list says. */
export function checkList(object: Uint8Array, path: string, sources: Sources, arch: Architecture): void {
  const listed = new Set(parse(listPath(sources, arch)).map(lineOf));
  const read = new Set(listOf(object, path).map(lineOf));
  const missing = [...read].filter((line) => !listed.has(line)).map((line) => `lacks ${line}`);
  const unread = [...listed]
    .filter((line) => !read.has(line))
    .map((line) => `has ${line}, which is not read`);
  const problems = [...missing, ...unread];
  if (problems.length === 0) return;
  throw new TraceeError(
    'COMPILE_FAILED',
    `${listPath(sources, arch)} is not up to date: it ${problems.slice(0, shownProblems).join('; ')}`,
    { hint: generateHint },
  );
}

const shownProblems = 5;
const generateHint = 'npm run generate';

function lineOf({ struct, member }: MemberName): string {
  return member === null ? `LAYOUT_SIZE(${struct})` : `LAYOUT_MEMBER(${struct}, ${member})`;
}
