import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeaderTree } from '../kernel/headers.js';
import { linkView } from '../kernel/symlinks.js';
import { prerequisites } from './make-rule.js';

/** The two halves of a kernel's headers as the compiler is shown them; often the same directory. */
export interface HeaderView {
  readonly build: string;
  readonly source: string;
}

/** A header that was read, by its name in the tree: `source/include/linux/sched.h`. */
export interface ReadHeader {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Trees whose links had to be re-based are compiled through a tree of links that lead right. */
export async function viewOf(tree: HeaderTree, workDirectory: string): Promise<HeaderView> {
  if (tree.rebased.length === 0) return tree;
  const view = async (half: string, name: string): Promise<string> => {
    const path = join(workDirectory, name);
    await linkView(half, path, tree.rebased);
    return path;
  };
  const build = await view(tree.build, 'build');
  return { build, source: tree.source === tree.build ? build : await view(tree.source, 'source') };
}

/** In the order of the kernel's own build (LINUXINCLUDE in its Makefile). */
export function includeDirectories({ build, source }: HeaderView, arch: string): string[] {
  return [
    join(source, 'arch', arch, 'include'),
    join(build, 'arch', arch, 'include/generated'),
    join(source, 'include'),
    join(build, 'include'),
    join(source, 'arch', arch, 'include/uapi'),
    join(build, 'arch', arch, 'include/generated/uapi'),
    join(source, 'include/uapi'),
    join(build, 'include/generated/uapi'),
  ];
}

/** The kernel's files among what a make rule says was read. */
export async function readDependencies(rule: string, { build, source }: HeaderView): Promise<ReadHeader[]> {
  const roots: [string, string][] = [
    [`${build}/`, 'build/'],
    [`${source}/`, 'source/'],
  ];
  const named = prerequisites(rule).flatMap((path) => {
    const root = roots.find(([prefix]) => path.startsWith(prefix));
    return root === undefined ? [] : [{ path, name: root[1] + path.slice(root[0].length) }];
  });
  const unique = [...new Map(named.map((one) => [one.name, one])).values()];
  return Promise.all(unique.map(async ({ path, name }) => ({ name, bytes: await readFile(path) })));
}
