import { TraceeError } from 'tracee/errors';

/** Ends the release of an object that was compiled as if for another kernel; see `--assume-version`. */
const assumedSuffix = /\+assumed-(\d+\.\d+)$/;

/** A series as one number that can be compared: `5.10` -> 5010. */
export type KernelVersion = number;

/**
 * `6.1.0-56-amd64` -> 6001, and `6.1.0-56-amd64+assumed-4.18` -> 4018. Throws `KERNEL_RELEASE_INVALID`.
 */
export function kernelVersion(release: string): KernelVersion {
  const assumed = assumedSuffix.exec(release)?.[1];
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(assumed ?? release) ?? [];
  if (major !== undefined && minor !== undefined) return Number(major) * 1000 + Number(minor);
  throw new TraceeError('KERNEL_RELEASE_INVALID', `"${release}" does not begin with a kernel version`, {
    hint: 'give it as `uname -r` prints it on the target, for example --kernel 5.4.0-216-generic',
  });
}

/** The release under which an object goes that was compiled as if for another version. */
export function assumedRelease(release: string, version: string): string {
  return `${release}+assumed-${version}`;
}
