import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from './layout.js';

/** Runs a program of this directory on the machine, with mounts and an /etc of its own, and gives what it writes. */
export async function runWithOwnEtc(
  program: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tracee-etc-'));
  const command = [
    ...[join(root, 'ci/detection/guest/own-etc.sh'), directory],
    ...[process.execPath, join(root, 'ci/detection/dist', program), ...words],
  ];
  try {
    const { stdout } = await execa('unshare', ['--mount', 'sh', ...command], {
      stderr: 'inherit',
      ...(signal && { cancelSignal: signal }),
    });
    return stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
