import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryDirectory } from '../../../builder/dist/kernel/packages/cache.js';
import { VmError } from './errors.js';
import { fetchKernel } from './fetch.js';
import { buildImage, type FileMapping } from './image.js';
import { buildInitramfs } from './initramfs.js';
import { findKernelRow } from './kernels.js';
import { requirePrograms } from './programs.js';
import { bootMachine, lastLines } from './qemu.js';
import type { VmSettings } from './settings.js';

/** A command to run under a kernel of the table. */
export interface VmRun {
  readonly settings: VmSettings;
  /** Name of a row, `debian-6.1`. */
  readonly kernel: string;
  /** Program and arguments; runs as root in `/root`, its stdin is empty. */
  readonly command: readonly [string, ...string[]];
  readonly files?: readonly FileMapping[];
  /** Host programs to have in the guest beside Node and busybox, by name or path, with their libraries. */
  readonly programs?: readonly string[];
  /** Added to `PATH`, `HOME` and `LANG`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly memoryMiB?: number;
  readonly processors?: number;
  /** Space on the guest's disk beside the files, 256 MiB by default; takes none on the host until written. */
  readonly freeMiB?: number;
  /** Added to the kernel's command line, such as `lsm=lockdown,yama,bpf`. */
  readonly kernelArguments?: readonly string[];
  /** One processor whose clocks count instructions, a nanosecond each; emulated, so slower still. */
  readonly countsInstructions?: boolean;
  /** For the boot and the command together, 180 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Gets output as it comes. */
  readonly onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
  /** Told what takes a while. */
  readonly onProgress?: (message: string) => void;
}

/** How the command ended. */
export interface VmResult {
  /** As a shell has it: 128 + n for a command that signal n ended. */
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly consoleLog: string;
  /** `uname -r` in the guest. */
  readonly kernelRelease: string;
  /** From the start of qemu to its end. */
  readonly seconds: number;
  /** For making the initramfs and the root image. */
  readonly buildSeconds: number;
}

/**
 * Boots a kernel with a root file system of its own and runs one command in it. The kernel is fetched when
 * the cache does not have it.
 *
 * @throws VmError when the guest ends without having reported, such as after a kernel panic; with the end of
 *   its console. A command that fails is no error: see `exitStatus`.
 */
export async function runInVm(run: VmRun): Promise<VmResult> {
  requirePrograms([
    'qemu-system-x86_64',
    'mke2fs',
    'busybox',
    'cpio',
    'dpkg',
    'ldd',
    'ldconfig',
    'xz',
    'zstd',
  ]);
  const { settings, signal, onProgress, timeoutMs = 180_000 } = run;
  const row = findKernelRow(run.kernel);
  const kernel = await fetchKernel(row, {
    settings,
    signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  await using temporary = await makeTemporaryDirectory(settings.cacheDir);
  const inside = (name: string): string => join(temporary.path, name);

  const buildStart = performance.now();
  await Promise.all([mkdir(inside('initramfs')), mkdir(inside('root'))]);
  await buildInitramfs(kernel, inside('initramfs.cpio'), inside('initramfs'));
  await buildImage(
    {
      files: run.files ?? [],
      programs: run.programs ?? [],
      command: run.command,
      environment: run.env ?? {},
      limitSeconds: Math.ceil(timeoutMs / 1000),
      freeMiB: run.freeMiB ?? 256,
    },
    inside('root.img'),
    inside('root'),
  );
  signal?.throwIfAborted();

  onProgress?.(`${row.name}: booting ${kernel.release}`);
  // Sockets need a short path, which a cache directory may not have.
  const workDir = await mkdtemp(join(tmpdir(), 'tracee-vm-'));
  const bootStart = performance.now();
  try {
    const output = await bootMachine({
      vmlinuz: kernel.vmlinuz,
      initramfs: inside('initramfs.cpio'),
      image: inside('root.img'),
      memoryMiB: run.memoryMiB ?? 1024,
      processors: run.processors ?? 2,
      kernelArguments: run.kernelArguments ?? [],
      countsInstructions: run.countsInstructions ?? false,
      timeoutMs,
      workDir,
      signal,
      onOutput: run.onOutput,
    });
    return {
      ...parseStatus(output.status, output.consoleLog),
      stdout: output.stdout,
      stderr: output.stderr,
      consoleLog: output.consoleLog,
      seconds: (performance.now() - bootStart) / 1000,
      buildSeconds: (bootStart - buildStart) / 1000,
    };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Reads the guest's last word, `{"exitStatus":0,"kernelRelease":"6.1.0-50-cloud-amd64"}`. */
function parseStatus(text: string, consoleLog: string): { exitStatus: number; kernelRelease: string } {
  if (text.trim() === '') {
    const reason = consoleLog.includes('Kernel panic') ? 'its kernel panicked' : 'it ended without a word';
    throw new VmError(`the VM reported no result: ${reason}; its console:\n${lastLines(consoleLog)}`);
  }
  return JSON.parse(text) as { exitStatus: number; kernelRelease: string };
}
