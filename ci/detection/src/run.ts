import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { bundle } from '../../matrix/dist/guest.js';
import { fetchKernel } from '../../vm/dist/fetch.js';
import type { FileMapping } from '../../vm/dist/image.js';
import { findKernelRow } from '../../vm/dist/kernels.js';
import { runInVm } from '../../vm/dist/run.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import { rows } from './rows/index.js';
import type { HookChoice, KernelResults } from './results.js';
import type { RowVerdict } from './session.js';
import { findInterpreters } from './interpreters.js';
import { findModule } from './module.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

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
  const script = join(root, 'ci/detection/guest/own-etc.sh');
  const guest = join(root, 'ci/detection/dist/guest.js');
  const words = ['--rows', options.rows, ...hookArguments[options.hooks]];
  const { stdout } = await execa('unshare', ['--mount', 'sh', script, process.execPath, guest, ...words], {
    stderr: 'inherit',
    cancelSignal: options.signal,
  });
  /* Not the whole release: who built the kernel of a machine is nobody's business. */
  const series = release().split('.').slice(0, 2).join('.');
  return readOutput(stdout, `linux-${series}`, options.hooks, series);
}

/** Boots a kernel of the table and performs rows there. */
export async function runOnKernel(name: string, options: RunOptions): Promise<KernelResults> {
  const kernel = await fetchKernel(findKernelRow(name), { settings: options.settings });
  const directory = await mkdtemp(join(tmpdir(), 'tracee-detection-'));
  try {
    const { files, programs } = await layOut(directory, kernel.modulesDir);
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

/** What one row loads (a network driver that does nothing), and what others need. */
const givenModules = [
  ['drivers/net/dummy', '/tracee/dist/attacks/module.ko'],
  ['fs/overlayfs/overlay', '/tracee/overlay.ko'],
] as const;

/* Huge pages, which few machines keep, for the row that needs one. */
function guestScript({ rows, hooks }: RunOptions): string {
  const words = ['--vm', '--rows', `'${rows}'`, ...hookArguments[hooks]];
  return [
    'touch /etc/tracee-throw-away',
    '[ ! -e /tracee/overlay.ko ] || insmod /tracee/overlay.ko',
    'echo 8 >/proc/sys/vm/nr_hugepages',
    `exec node /tracee/test/dist/detection.mjs ${words.join(' ')}`,
  ].join('\n');
}

/** Everything as it lies in the repository, but the two programs of Node.js are one file each. */
async function layOut(
  directory: string,
  modulesDir: string,
): Promise<{ files: FileMapping[]; programs: string[] }> {
  const bundles = [
    ['runtime/dist/cli/main.js', 'runtime/dist/cli/main.js'],
    ['ci/detection/dist/guest.js', 'test/dist/detection.mjs'],
  ] as const;
  for (const [from, to] of bundles) await bundle(join(root, from), join(directory, to));
  await copyFile(join(root, 'runtime/package.json'), join(directory, 'runtime/package.json'));
  const modules: FileMapping[] = [];
  for (const [module, to] of givenModules) {
    const bytes = await findModule(modulesDir, module);
    if (bytes === undefined) continue;
    const from = join(directory, basename(to));
    await writeFile(from, bytes);
    modules.push({ from, to });
  }
  const copied = [
    'dist/attacks',
    'test/attacks',
    'test/benign',
    'runtime/portable',
    'node_modules/koffi',
    'node_modules/@koromix',
  ];
  const { files, programs } = await findInterpreters();
  return {
    programs,
    files: [
      { from: directory, to: '/tracee' },
      ...copied.map((part) => ({ from: join(root, part), to: `/tracee/${part}` })),
      ...modules,
      ...files,
    ],
  };
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
