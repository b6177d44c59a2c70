import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { canonicalJson, type Architecture } from 'tracee/artifact';
import { type ArchiveFile, packArchive } from '../archive/pack.js';
import { headerClosure, type CompileJob } from '../compile/compile.js';
import { identityFile, type CapsuleIdentity } from '../kernel/capsule.js';
import type { HeaderTree } from '../kernel/headers.js';

/** `6.1.0-56-amd64`, `x86_64` -> `tracee-headers.6.1.0-56-amd64.x86_64.tar.gz` */
export function capsuleName(release: string, arch: Architecture): string {
  return `tracee-headers.${release}.${arch}.tar.gz`;
}

/**
 * The headers that the sources need of a tree, and what the tree is checked by: enough to build the same object
 * from, at a hundredth of the size. Equal headers and sources give equal bytes. Throws `COMPILE_FAILED`.
 */
export async function createCapsule(job: CompileJob, tree: HeaderTree): Promise<Buffer> {
  const identity: CapsuleIdentity = {
    schema: 1,
    kernel: { release: job.kernel.release, arch: job.kernel.arch },
    sources: { digest: job.sources.digest },
  };
  const files = [...(await headerClosure(job, tree)), ...(await filesOfChecks(tree))]
    // `source/include/linux/../asm/a.h`: as the compiler came by it.
    .map(({ name, bytes }) => ({ name: posix.normalize(name), bytes }));
  const unique = new Map(files.map((file) => [file.name, file]));
  return packArchive([
    { name: identityFile, bytes: Buffer.from(canonicalJson(identity)) },
    ...unique.values(),
  ]);
}

/** What is read besides compiling: `kernel/checks.ts`, and what the kernel has for BPF programs. */
async function filesOfChecks(tree: HeaderTree): Promise<ArchiveFile[]> {
  const source = tree.source === tree.build ? 'build' : 'source';
  const whole: [half: string, root: string, name: string][] = [
    ['build', tree.build, 'include/generated/utsrelease.h'],
    ['build', tree.build, 'include/generated/autoconf.h'],
    ['build', tree.build, 'include/generated/uapi/linux/version.h'],
    [source, tree.source, 'include/linux/kconfig.h'],
    [source, tree.source, 'include/uapi/linux/bpf.h'],
  ];
  const files = whole
    .filter(([, root, name]) => existsSync(join(root, name)))
    .map(async ([half, root, name]) => ({
      name: `${half}/${name}`,
      bytes: await readFile(join(root, name)),
    }));
  return [...(await Promise.all(files)), ...(await versionOfMakefile(tree.source, source))];
}

/** The version, and not the thousands of lines of build rules after it. */
async function versionOfMakefile(directory: string, half: string): Promise<ArchiveFile[]> {
  const path = join(directory, 'Makefile');
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'latin1')).match(/^(?:VERSION|PATCHLEVEL|SUBLEVEL)\s*=.*$/gm) ?? [];
  return lines.length === 0
    ? []
    : [{ name: `${half}/Makefile`, bytes: Buffer.from(`${lines.join('\n')}\n`, 'latin1') }];
}
