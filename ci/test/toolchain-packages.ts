import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApt, type Apt } from '../../builder/dist/kernel/packages/apt.js';
import { makeTemporaryDirectory, publishDirectory } from '../../builder/dist/kernel/packages/cache.js';
import { findArchive, openPrivateApt } from '../vm/dist/apt.js';
import { runProgram } from '../vm/dist/programs.js';

/** Every major that a suite of Debian offers. */
export const majors = [11, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23] as const;

/** Of those that bookworm does not have. What comes from a later suite needs that suite's libraries, libc included. */
const suites: ReadonlyMap<number, { suite: string; isLater: boolean }> = new Map([
  [11, { suite: 'bullseye', isLater: false }],
  [17, { suite: 'trixie', isLater: true }],
  [18, { suite: 'trixie', isLater: true }],
  [21, { suite: 'sid', isLater: true }],
  [23, { suite: 'sid', isLater: true }],
]);

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
  const origin = suites.get(major);
  const isLater = origin?.isLater ?? false;
  const apt =
    origin === undefined
      ? openApt({}, runProgram)
      : await openPrivateApt(
          join(temporary.path, 'apt'),
          process.env['DEBIAN_MIRROR'] ?? (await findArchive()),
          origin.suite,
        );
  await apt.download(await partsOf(major, apt, isLater), archives);
  for (const file of readdirSync(archives)) await runProgram('dpkg', ['-x', join(archives, file), root]);
  writeScripts(major, root, { place, isLater });
  await publishDirectory(root, place);
}

/** The packages of this major, and the libraries that this Debian no longer has, or not yet. */
async function partsOf(major: number, apt: Pick<Apt, 'show'>, isLater: boolean): Promise<string[]> {
  const ofMajor = new RegExp(`^(?:lib)?(?:clang|llvm)(?:-?[a-z]+)*-?${major}(?:t64)?(?:-|$)`);
  const isLibrary = (name: string): boolean => /^lib(?!.*-(?:dev|bin|data)$)/.test(name);
  const isPart = (name: string): boolean =>
    name === 'libffi7' || ofMajor.test(name) || (isLater && isLibrary(name));
  const parts = new Set([`clang-${major}`, `llvm-${major}`]);
  for (const name of parts) {
    const stanza = await apt.show(name);
    for (const part of stanza?.dependencies ?? [])
      if (isPart(part) && !part.endsWith('-tools')) parts.add(part);
  }
  return [...parts];
}

/** The programs are made for /usr; these find their libraries where the packages really lie. */
function writeScripts(
  major: number,
  root: string,
  { place, isLater }: { place: string; isLater: boolean },
): void {
  const scripts = join(root, 'scripts');
  mkdirSync(scripts);
  const llvm = `${place}/usr/lib/llvm-${major}`;
  const libraries = `${place}/usr/lib/x86_64-linux-gnu:${llvm}/lib`;
  for (const tool of Object.values(tools)) {
    const program = `${llvm}/bin/${tool}`;
    // Another libc's loader runs the program, and is what clang then takes for its own place.
    const own = tool === 'clang' ? ` -resource-dir '${llvm}/lib/clang/${major}'` : '';
    const command = isLater
      ? `exec '${place}/usr/lib64/ld-linux-x86-64.so.2' --library-path '${libraries}' '${program}'${own} "$@"`
      : `LD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"`;
    const path = join(scripts, tool);
    writeFileSync(path, `#!/bin/sh\n${command}\n`);
    chmodSync(path, 0o755);
  }
}
