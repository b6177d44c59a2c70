import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApt, type Apt } from '../../builder/dist/kernel/packages/apt.js';
import { makeTemporaryDirectory, publishDirectory } from '../../builder/dist/kernel/packages/cache.js';
import { findArchive, openPrivateApt } from '../vm/dist/apt.js';
import { runProgram } from '../vm/dist/programs.js';

/** The compilers of Debian's suites that run on bookworm: its own, and bullseye's where bookworm has none. */
export const majors = [9, 11, 13, 14, 15, 16, 19, 22] as const;
const inBullseye: ReadonlySet<number> = new Set([9, 11]);

/** The builder's variables for each tool. */
const tools = { CLANG: 'clang', LLC: 'llc', LLVM_STRIP: 'llvm-strip', LLVM_OBJCOPY: 'llvm-objcopy' } as const;

/**
 * A clang of this major with its tools, from Debian's packages: unpacked into the cache and never installed, so that
 * one test can have many. Gives the environment with which the builder takes it.
 */
export async function fetchToolchain(
  major: number,
  cache: string,
): Promise<Record<keyof typeof tools, string>> {
  const place = join(cache, 'toolchains', String(major));
  if (!existsSync(place)) await unpack(major, cache, place);
  const scripts = join(place, 'scripts');
  return { CLANG: scripts, LLC: scripts, LLVM_STRIP: scripts, LLVM_OBJCOPY: scripts };
}

async function unpack(major: number, cache: string, place: string): Promise<void> {
  await using temporary = await makeTemporaryDirectory(cache);
  const [archives, root] = [join(temporary.path, 'packages'), join(temporary.path, 'root')];
  mkdirSync(archives);
  mkdirSync(root);
  const apt = inBullseye.has(major)
    ? await openPrivateApt(
        join(temporary.path, 'apt'),
        process.env['DEBIAN_MIRROR'] ?? (await findArchive()),
        'bullseye',
      )
    : openApt({}, runProgram);
  await apt.download(await partsOf(major, apt), archives);
  for (const file of readdirSync(archives)) await runProgram('dpkg', ['-x', join(archives, file), root]);
  writeScripts(major, root, place);
  await publishDirectory(root, place);
}

/** The packages of this major, and the libraries that a later Debian no longer has. */
async function partsOf(major: number, apt: Pick<Apt, 'show'>): Promise<string[]> {
  const isPart = (name: string): boolean =>
    name === 'libffi7' || new RegExp(`^(?:lib)?(?:clang|llvm)(?:-?[a-z]+)*-?${major}(?:-|$)`).test(name);
  const parts = new Set([`clang-${major}`, `llvm-${major}`]);
  for (const name of parts) {
    const stanza = await apt.show(name);
    for (const part of stanza?.dependencies ?? [])
      if (isPart(part) && !part.endsWith('-tools')) parts.add(part);
  }
  return [...parts];
}

/** The programs are made for /usr; these find their libraries where the packages really lie. */
function writeScripts(major: number, root: string, place: string): void {
  const scripts = join(root, 'scripts');
  mkdirSync(scripts);
  const libraries = `${place}/usr/lib/x86_64-linux-gnu:${place}/usr/lib/llvm-${major}/lib`;
  for (const tool of Object.values(tools)) {
    const path = join(scripts, tool);
    const program = `${place}/usr/lib/llvm-${major}/bin/${tool}`;
    writeFileSync(path, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"\n`);
    chmodSync(path, 0o755);
  }
}
