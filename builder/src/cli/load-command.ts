import { machine, release as runningRelease } from 'node:os';
import type { Manifest } from 'tracee/artifact';
import { errorTable, TraceeError } from 'tracee/errors';
import { checkLoads, type LoadReport } from 'tracee/load-check';
import { targetKernel } from '../kernel/release.js';
import { createScratch } from '../scratch.js';
import { describeLoads } from '../symptoms/load-report.js';
import { checkInVm } from '../vm/check-in-vm.js';
import { fetchKernelImage, findKernelImage } from '../vm/kernel-image.js';
import { printJson, printLines, say } from './report.js';

/** Options of `check` that have a kernel load the object. */
export interface LoadFlags {
  load?: true;
  vm?: true;
  vmlinuz?: string;
  kernelPackage?: true;
  timeout: string;
  kernel?: string;
  json?: true;
}

export interface CheckedObject {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest | undefined;
}

/** `check --load` and `check --vm`: what a kernel itself says of each program. */
export async function checkByLoading(
  object: CheckedObject,
  flags: LoadFlags,
  signal: AbortSignal,
): Promise<void> {
  const report = flags.vm === true ? await loadInVm(object, flags, signal) : loadHere(object);
  if (flags.json === true) printJson(report);
  else printLines(describeLoads(report).split('\n'));
  if (report.programs.some(({ outcome }) => outcome === 'refused')) {
    process.exitCode = errorTable.OBJECT_REJECTED.status;
  }
}

/** Throws USAGE where options do not go together. */
export function requireFitting(flags: LoadFlags): void {
  const extra = [
    ...(flags.vm === true ? [] : [flags.vmlinuz && '--vmlinuz', flags.kernelPackage && '--kernel-package']),
    flags.vm && flags.load && '--load',
    flags.vmlinuz && flags.kernelPackage && '--kernel-package',
  ].find((name) => typeof name === 'string');
  if (extra === undefined) return;
  const other = flags.vm === true ? (extra === '--load' ? '--vm' : '--vmlinuz') : 'no --vm';
  throw new TraceeError('USAGE', `${extra} was given with ${other}`, {
    hint: 'use --load (this kernel), or --vm with at most one of --vmlinuz and --kernel-package',
  });
}

function loadHere({ file, bytes, manifest }: CheckedObject): LoadReport {
  const made = manifest?.kernel;
  const isForHere = made === undefined || made.release === null || made.release === runningRelease();
  if (!isForHere || (made !== undefined && made.arch !== machine())) {
    throw new TraceeError(
      'OBJECT_MISMATCH',
      `${file} was made for kernel ${made.release ?? ''} (${made.arch}), but this is ${runningRelease()} (${machine()})`,
      { hint: `boot its kernel: tracee-builder check ${file} --vm` },
    );
  }
  return checkLoads(bytes);
}

async function loadInVm(
  { bytes, manifest }: CheckedObject,
  flags: LoadFlags,
  signal: AbortSignal,
): Promise<LoadReport> {
  const named = flags.kernel ?? manifest?.kernel.release ?? undefined;
  const kernel = targetKernel({ release: named, arch: manifest?.kernel.arch });
  const timeoutMs = Number(flags.timeout) * 1000;
  if (!(timeoutMs > 0)) {
    throw new TraceeError('USAGE', `"${flags.timeout}" is no number of seconds`, { hint: '--timeout 300' });
  }
  using scratch = createScratch('kernel');
  const vmlinuz =
    flags.kernelPackage === true
      ? await fetchKernelImage(kernel.release, scratch.path, signal)
      : findKernelImage(flags.vmlinuz, kernel.release);
  say(`booting ${vmlinuz}`);
  const report = await checkInVm({ object: bytes, vmlinuz, arch: kernel.arch, signal, timeoutMs });
  if (named !== undefined && report.kernel !== named) {
    throw new TraceeError('OBJECT_MISMATCH', `${vmlinuz} is kernel ${report.kernel}, not ${named}`, {
      hint: 'name the image of that kernel, or say --kernel if another is meant',
    });
  }
  return report;
}
