import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { machine } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Architecture } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import type { LoadReport } from 'tracee/load-check';
import { createScratch } from '../scratch.js';
import { findAccelerator } from './accelerator.js';
import type { GuestAnswer } from './answer.js';
import { writeCpio } from './cpio.js';
import { guestFiles, guestPaths } from './guest-files.js';

export interface VmCheck {
  readonly object: Uint8Array;
  /** Image of the kernel to boot. */
  readonly vmlinuz: string;
  readonly arch: Architecture;
  readonly signal: AbortSignal;
  /** For boot and check together. */
  readonly timeoutMs: number;
}

const emulators = {
  x86_64: { program: 'qemu-system-x86_64', package: 'qemu-system-x86', options: [] },
  aarch64: { program: 'qemu-system-aarch64', package: 'qemu-system-arm', options: ['-machine', 'virt'] },
} as const;

const memoryMiB = 1024;

/**
 * Boots a kernel and loads every program of the object there. All that the machine has is an initramfs and two
 * serial ports, which every kernel has built in: no disk, no network, no modules. Needs no privileges.
 *
 * @throws TraceeError `VM_FAILED` with the end of the kernel's console; `TOOLCHAIN_MISSING` without qemu;
 *   `KERNEL_UNSUPPORTED` for another architecture than this machine's, whose Node the guest runs.
 */
export async function checkInVm(check: VmCheck): Promise<LoadReport> {
  if (check.arch !== machine()) {
    throw new TraceeError(
      'KERNEL_UNSUPPORTED',
      `an object for ${check.arch} cannot be checked on ${machine()}`,
      {
        hint: `run the check on a machine of that architecture; check without --vm reads the object anywhere`,
      },
    );
  }
  using scratch = createScratch('check');
  const initramfs = join(scratch.path, 'initramfs');
  await pipeline(Readable.from(writeCpio(guestFiles(check.object))), createWriteStream(initramfs));
  return readAnswer(await boot(check, scratch.path, initramfs));
}

interface Ended {
  readonly answer: string;
  readonly screen: string;
}

async function boot(check: VmCheck, directory: string, initramfs: string): Promise<Ended> {
  const { program, options, package: debianPackage } = emulators[check.arch];
  const accelerator = findAccelerator();
  const [screen, answer] = [join(directory, 'screen'), join(directory, 'answer')];
  const commandLine = [
    ...['console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off', ...accelerator.kernelArguments],
    ...[`rdinit=${guestPaths.node}`, '--', guestPaths.program],
  ];
  const result = await execa(
    program,
    [
      ...[...options, ...accelerator.options, '-m', `${memoryMiB}M`, '-smp', '1'],
      ...['-nodefaults', '-nographic', '-no-reboot', '-no-user-config'],
      ...['-kernel', check.vmlinuz, '-initrd', initramfs, '-append', commandLine.join(' ')],
      ...['-serial', `file:${screen}`, '-serial', `file:${answer}`],
    ],
    {
      stdin: 'ignore',
      reject: false,
      timeout: check.timeoutMs,
      killSignal: 'SIGKILL',
      cancelSignal: check.signal,
    },
  );
  check.signal.throwIfAborted();
  if (result.code === 'ENOENT') {
    throw new TraceeError('TOOLCHAIN_MISSING', `${program} is not installed`, {
      hint: `apt-get install ${debianPackage}`,
    });
  }
  const text = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => '');
  const ended = { answer: await text(answer), screen: await text(screen) };
  if (!result.failed) return ended;
  const reason = result.timedOut
    ? `the machine did not end within ${check.timeoutMs / 1000} s`
    : `${program} failed: ${result.stderr === '' ? result.shortMessage : result.stderr}`;
  throw failure(reason, ended.screen);
}

function readAnswer({ answer, screen }: Ended): LoadReport {
  const line = answer.trim();
  if (line === '') {
    const reason = screen.includes('Kernel panic') ? 'its kernel panicked' : 'it went off without an answer';
    throw failure(`the machine told nothing: ${reason}`, screen);
  }
  const parsed = JSON.parse(line) as GuestAnswer;
  if (parsed.error === undefined) return parsed.report;
  throw new TraceeError(parsed.error.code, `in the virtual machine: ${parsed.error.message}`);
}

function failure(reason: string, screen: string): TraceeError {
  const lines = screen.trimEnd().split(/\r*\n/);
  const panic = lines.findIndex((line) => line.includes('Kernel panic'));
  // What follows a panic is the kernel's own stack.
  const last = lines.slice(0, panic === -1 ? lines.length : panic + 1).slice(-15);
  return new TraceeError(
    'VM_FAILED',
    [`${reason}; its console:`, ...last.map((line) => `  ${line}`)].join('\n'),
    {
      hint: 'check that the file is a kernel image for this architecture: file <vmlinuz>',
    },
  );
}
