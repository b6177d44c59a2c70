import { mkdtemp, rm } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchKernel } from '../../vm/dist/fetch.js';
import { findKernelRow } from '../../vm/dist/kernels.js';
import { runInVm } from '../../vm/dist/run.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import { rows } from './rows/index.js';
import { layOut, prepareVm } from './layout.js';
import { runWithOwnEtc } from './own-etc.js';
import type { HookChoice, KernelResults } from './results.js';
import type { RowVerdict } from './session.js';

export interface RunOptions {
  /** Words for {@link readRowChoice}; empty for all. */
  readonly rows: string;
  readonly hooks: HookChoice;
  readonly settings: VmSettings;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

const hookArguments: Readonly<Record<HookChoice, readonly string[]>> = {
  all: [],
  tracepoints: ['--hooks', 'tp_btf,raw_tracepoint'],
};

/** For a kernel with all rows, emulated. */
const limitMs = 2_400_000;

/** Performs rows on this machine, below a tracee that watches only them, with an /etc of their own. */
export async function runOnMachine(options: RunOptions): Promise<KernelResults> {
  const words = ['--rows', options.rows, ...hookArguments[options.hooks]];
  const stdout = await runWithOwnEtc('guest.js', words, options.signal);
  /* Not the whole release: who built the kernel of a machine is nobody's business. */
  const series = release().split('.').slice(0, 2).join('.');
  return readOutput(stdout, `linux-${series}`, options.hooks, series);
}

/** Boots a kernel of the table and performs rows there. */
export async function runOnKernel(name: string, options: RunOptions): Promise<KernelResults> {
  const kernel = await fetchKernel(findKernelRow(name), { settings: options.settings });
  const directory = await mkdtemp(join(tmpdir(), 'tracee-detection-'));
  try {
    const { files, programs } = await layOut(directory, kernel.modulesDir, 'ci/detection/dist/guest.js');
    const { stdout, stderr, seconds } = await runInVm({
      settings: options.settings,
      kernel: name,
      files,
      programs,
      command: ['/bin/sh', '-c', guestScript(options)],
      memoryMiB: 2048,
      timeoutMs: limitMs,
      signal: options.signal,
      onProgress: options.onProgress,
    });
    options.onProgress(`${name}: ${kernel.release} was up for ${seconds.toFixed(0)} s`);
    const results = readOutput(stdout, name, options.hooks, undefined);
    if (results.verdicts.length === 0) throw new Error(`no row was performed on ${name}: ${stderr}`);
    return results;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function guestScript(options: RunOptions): string {
  const words = ['--vm', '--rows', `'${options.rows}'`, ...hookArguments[options.hooks]];
  return [...prepareVm, `exec node /tracee/test/dist/guest.mjs ${words.join(' ')}`].join('\n');
}

function readOutput(
  stdout: string,
  kernel: string,
  hooks: HookChoice,
  series: string | undefined,
): KernelResults {
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RowVerdict | { readonly id?: undefined; readonly release: string });
  const end = lines.find((line) => line.id === undefined);
  if (end === undefined) throw new Error(`the rows on ${kernel} broke off:\n${stdout.slice(-2000)}`);
  const told = new Map(lines.flatMap((line) => (line.id === undefined ? [] : [[line.id, line] as const])));
  const verdicts = rows.flatMap(({ id }) => told.get(id) ?? []);
  return { kernel, release: series ?? end.release, hooks, verdicts };
}
