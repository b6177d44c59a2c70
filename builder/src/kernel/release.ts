import { machine, release as runningRelease } from 'node:os';
import { type Architecture, isNameable } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';

/** The kernel that an object is made for. */
export interface TargetKernel {
  /** As `uname -r` prints it on the target. */
  release: string;
  arch: Architecture;
  /** It is the kernel this process runs on, so its BTF is at hand. */
  isRunning: boolean;
}

/** Defaults to the running kernel and machine. Throws `KERNEL_RELEASE_INVALID`, `KERNEL_UNSUPPORTED`. */
export function targetKernel(wanted: {
  release?: string | undefined;
  arch?: string | undefined;
}): TargetKernel {
  const release = wanted.release ?? runningRelease();
  if (!isNameable(release)) {
    throw new TraceeError('KERNEL_RELEASE_INVALID', `"${release}" cannot be a kernel release`, {
      hint: 'give it as `uname -r` prints it on the target, for example --kernel 6.1.0-56-amd64',
    });
  }
  const arch = architecture(wanted.arch ?? machine());
  return { release, arch, isRunning: release === runningRelease() && arch === machine() };
}

/** The kernel's own word for an architecture, as in `arch/<word>/include`. */
export function kernelArchDirectory(arch: Architecture): 'x86' | 'arm64' {
  return arch === 'x86_64' ? 'x86' : 'arm64';
}

function architecture(name: string): Architecture {
  if (name === 'x86_64' || name === 'amd64') return 'x86_64';
  if (name === 'aarch64' || name === 'arm64') return 'aarch64';
  throw new TraceeError('KERNEL_UNSUPPORTED', `there are no objects for the architecture "${name}"`, {
    hint: '--arch takes x86_64 and aarch64',
  });
}
