import { mkdtemp, rm } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { layOut, prepareVm } from '../../detection/dist/layout.js';
import { fetchKernel } from '../../vm/dist/fetch.js';
import { findKernelRow } from '../../vm/dist/kernels.js';
import { runInVm } from '../../vm/dist/run.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import type { KernelResults } from './results.js';
import type { RowVerdict } from './verdict.js';

export interface RunOptions {
  /** Words for `readRowChoice`; empty for all. */
  readonly rows: string;
  readonly settings: VmSettings;
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** For a kernel with all rows, emulated. */
const limitMs = 1_200_000;

/** Performs rows on this machine, below a tracee that watches only them. */
export async function runOnMachine({ rows, signal }: RunOptions): Promise<KernelResults> {
  const guest = fileURLToPath(new URL('guest.js', import.meta.url));
  const { stdout } = await execa(process.execPath, [guest, '--rows', rows], {
    stderr: 'inherit',
    ...(signal && { cancelSignal: signal }),
  });
  /* Not the whole release: who built the kernel of a machine is nobody's business. */
  const series = release().split('.').slice(0, 2).join('.');
  return { ...readOutput(stdout, `linux-${series}`), release: series };
}

/** Boots a kernel of the table and performs rows there. */
export async function runOnKernel(name: string, options: RunOptions): Promise<KernelResults> {
  const { rows, settings, onProgress, signal } = options;
  const kernel = await fetchKernel(findKernelRow(name), { settings });
  const directory = await mkdtemp(join(tmpdir(), 'tracee-events-'));
  try {
    const { files, programs } = await layOut(directory, kernel.modulesDir, 'ci/events/dist/guest.js');
    const { stdout, stderr, seconds } = await runInVm({
      settings,
      kernel: name,
      files,
      programs,
      command: [
        ...(['/bin/sh', '-c'] as const),
        [...prepareVm, `exec node /tracee/test/dist/guest.mjs --vm --rows '${rows}'`].join('\n'),
      ],
      memoryMiB: 2048,
      timeoutMs: limitMs,
      onProgress,
      ...(signal && { signal }),
    });
    onProgress(`${name}: ${kernel.release} was up for ${seconds.toFixed(0)} s`);
    if (stderr.trim() !== '') onProgress(`${name}: ${stderr.trim()}`);
    return readOutput(stdout, name);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function readOutput(stdout: string, kernel: string): KernelResults {
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RowVerdict | { readonly release: string });
  const end = lines.find((line) => 'release' in line);
  if (end === undefined) throw new Error(`the rows on ${kernel} broke off:\n${stdout.slice(-2000)}`);
  return { kernel, release: end.release, verdicts: lines.filter((line) => 'event' in line) };
}
