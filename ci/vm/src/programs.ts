import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { VmError } from './errors.js';

/** The host programs that the harness calls, with the Debian package that has each. */
const packageOf = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  busybox: 'busybox-static',
  cpio: 'cpio',
  dpkg: 'dpkg',
  ldconfig: 'libc-bin',
  ldd: 'libc-bin',
  mke2fs: 'e2fsprogs',
  'qemu-system-x86_64': 'qemu-system-x86',
  xz: 'xz-utils',
  zstd: 'zstd',
} as const satisfies Record<string, string>;

export type HostProgram = keyof typeof packageOf;

// Some users' PATH has no sbin, where mke2fs and ldconfig live; they need no privileges.
const extraDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Throws one {@link VmError} that names everything missing and the command that installs it. */
export function requirePrograms(programs: readonly HostProgram[]): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => packageOf[program]))].sort();
  throw new VmError(`not installed: ${missing.join(', ')}`, `sudo apt-get install -y ${packages.join(' ')}`);
}

/** The path of an executable on PATH or in the sbin directories, or `undefined`. */
export function findProgram(name: string): string | undefined {
  return searchPath()
    .map((directory) => join(directory, name))
    .find((path) => isExecutable(path));
}

/**
 * Runs a host program to its end and returns its stdout; a failure is a {@link VmError} with the last lines
 * of stderr. `signal` ends the program.
 */
export async function runProgram(
  program: HostProgram,
  programArguments: readonly string[],
  options: { cwd?: string; input?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  try {
    const result = await execa(program, programArguments, {
      env: { PATH: searchPath().join(':'), LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
    return result.stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    options.signal?.throwIfAborted();
    const lastLines = String(error.stderr).trim().split('\n').slice(-5).join('\n');
    throw new VmError(
      `${program} failed: ${lastLines === '' ? error.shortMessage : lastLines}`,
      undefined,
      error,
    );
  }
}

function searchPath(): string[] {
  const own = (process.env['PATH'] ?? '').split(':').filter((directory) => directory !== '');
  return [...new Set([...own, ...extraDirectories])];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
