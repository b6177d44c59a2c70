import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isEmptyStructure,
  rawBtf,
  readBtf,
  readLayout,
  type Btf,
  type LayoutMember,
  type MemberName,
} from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import type { Compiled, CompileJob } from '../compile/compile.js';
import { layoutFile } from '../sources.js';
import { checkList, readList } from './list.js';

/**
 * Where the members that an object reads stand for it: from the BTF of `layout.c` where it was made from
 * headers, from the kernel's BTF where that was the source of its types. A portable object stands anywhere;
 * it is the one that the list is made from, so the list is checked with it.
 *
 * Throws `COMPILE_FAILED` where the list in the sources is not up to date.
 */
export async function layoutOf(compiled: Compiled, job: CompileJob): Promise<LayoutMember[]> {
  const { origin, sources, kernel } = job;
  if (origin.types === 'core') {
    checkList(await readFile(compiled.object), compiled.object, sources, kernel.arch);
    return [];
  }
  const path = origin.types === 'btf' ? origin.path : compiled.layoutProbe;
  if (path === undefined) return [];
  const list = readList(sources, kernel.arch);
  const btf = readBtf(rawBtf(await readFile(path), path), path);
  const layout = readLayout(btf, list);
  if (origin.types === 'headers') checkComplete(list, layout, btf, join(sources.directory, layoutFile));
  return layout;
}

/**
 * A kernel can lack a member, or keep a structure to itself, which has no members in `compat.h` then. All else that
 * `layout.c` names is there: without it nothing would be compared.
 */
function checkComplete(
  list: readonly MemberName[],
  layout: readonly LayoutMember[],
  btf: Btf,
  path: string,
): void {
  const found = new Set(layout.map(({ struct }) => struct));
  const missing = list.find(({ struct }) => !found.has(struct) && !isEmptyStructure(btf, struct))?.struct;
  if (missing === undefined) return;
  throw new TraceeError('COMPILE_FAILED', `the BTF of ${path} has no members of struct ${missing}`, {
    hint: 'report this, with the version of clang',
  });
}
