import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Inputs } from '../../compile/workplace.js';

export interface IncludedFile {
  /** Where it was found: an include directory and the name that was included. */
  path: string;
  bytes: Buffer;
}

/** `#include <x>`, `# include_next "x"`, and the names that macros stand for: `#define HEADER "x.h"`. */
const directive =
  /^[ \t]*#[ \t]*(?:(include|include_next|import)[ \t]*|define[ \t]+\w+[ \t]+)(?:"([^"\n]+)"|<([^>\n]+)>)/gm;

/**
 * All that a compiler could read, found without a preprocessor: every `#include` is followed, whatever
 * condition it stands under. More than what is read (about a tenth), and never less, but for names
 * that macros put together. Names that are nowhere are left to the compiler, which knows its own headers.
 */
export function closeIncludes({ sources, directories, preincluded, roots }: Inputs): IncludedFile[] {
  const found = new Map<string, IncludedFile>();
  const absent = new Set<string>();
  const waiting: IncludedFile[] = [];

  const take = (named: string): boolean => {
    const path = normalize(named);
    if (found.has(path)) return true;
    const bytes = absent.has(path) ? undefined : readIfFile(path);
    if (bytes === undefined) {
      absent.add(path);
      return false;
    }
    const file = { path, bytes };
    found.set(path, file);
    waiting.push(file);
    return true;
  };
  const isInside = (path: string): boolean =>
    Object.values(roots).some((root) => path.startsWith(`${root}/`));
  const find = (directory: string, name: string): boolean => {
    const path = join(directory, name);
    return isInside(path) && take(path);
  };
  /** As a compiler looks it up: the first directory that has it. */
  const search = (name: string): void => {
    directories.some((directory) => find(directory, name));
  };

  for (const path of sources) take(path);
  for (const name of preincluded) search(name);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const [, kind, quoted, angled] of file.bytes.toString('latin1').matchAll(directive)) {
      const name = quoted ?? angled ?? '';
      if (name.startsWith('/')) continue;
      // A quoted name is looked for beside its includer first; include_next goes on after a hit.
      if (quoted !== undefined && find(dirname(file.path), name) && kind !== 'include_next') continue;
      if (kind === 'include_next') for (const directory of directories) find(directory, name);
      else search(name);
    }
  }
  return [...found.values()];
}

function readIfFile(path: string): Buffer | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : undefined;
}
