import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compareLayout,
  describeDifferences,
  isElf,
  rawBtf,
  readBtf,
  readElfSection,
  type LayoutMember,
} from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { kernelBtf, type TypeOrigin } from '../kernel/headers.js';
import type { TargetKernel } from '../kernel/release.js';
import { isKernelImage, unpackKernel } from '../kernel/vmlinuz.js';

/** The target kernel's own description of its types. */
export interface TargetBtf {
  path: string;
  /** Raw BTF. */
  bytes: Uint8Array;
}

/**
 * The target's BTF where it is at hand: the named file (raw BTF, `vmlinux`, `vmlinuz`), what the running
 * kernel shows, or the `vmlinux` that newer header packages carry. A portable object has no use for it.
 *
 * Throws `OBJECT_INVALID` where a file has none, `HEADERS_NOT_FOUND` where a named one is not there.
 */
export async function findTargetBtf(
  named: string | undefined,
  kernel: TargetKernel,
  origin: TypeOrigin,
): Promise<TargetBtf | undefined> {
  if (origin.types === 'core') return undefined;
  if (named !== undefined) return { path: named, bytes: await readTargetBtf(named) };
  if (kernel.isRunning && existsSync(kernelBtf)) {
    return { path: kernelBtf, bytes: await readTargetBtf(kernelBtf) };
  }
  const vmlinux = origin.types === 'headers' ? join(origin.tree.build, 'vmlinux') : undefined;
  if (vmlinux === undefined || !existsSync(vmlinux)) return undefined;
  const file = await readFile(vmlinux);
  // A build tree of one's own can have a vmlinux without BTF.
  if (!isElf(file) || readElfSection(file, vmlinux, '.BTF') === undefined) return undefined;
  return { path: vmlinux, bytes: rawBtf(file, vmlinux) };
}

/** Raw BTF, an ELF file with a `.BTF` section, or a compressed kernel image with such a file in it. */
export async function readTargetBtf(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new TraceeError('HEADERS_NOT_FOUND', `${path} cannot be read`, {
      hint: 'name raw BTF, a vmlinux or a vmlinuz of the target with --btf-check',
      cause,
    });
  });
  return rawBtf(isKernelImage(bytes) ? await unpackKernel(bytes, path) : bytes, path);
}

/** Throws `HEADERS_MISMATCH` naming members that stand elsewhere in the target. */
export function checkAgainst(layout: readonly LayoutMember[], target: TargetBtf, where: string): void {
  const differences = compareLayout(layout, readBtf(target.bytes, target.path));
  if (differences.length === 0) return;
  throw new TraceeError(
    'HEADERS_MISMATCH',
    `${where} describes another build of the kernel than ${target.path}: ` +
      describeDifferences(differences, 'the object', target.path),
    { hint: 'use the headers of this very build: same package version, same configuration' },
  );
}
