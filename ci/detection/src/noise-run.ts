import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchKernel } from '../../vm/dist/fetch.js';
import type { FileMapping } from '../../vm/dist/image.js';
import { findKernelRow } from '../../vm/dist/kernels.js';
import { findProgram } from '../../vm/dist/programs.js';
import { runInVm } from '../../vm/dist/run.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import { layOut, prepareVm } from './layout.js';
import { runWithOwnEtc } from './own-etc.js';
import type { SkippedKind } from './noise.js';
import type { RowVerdict } from './session.js';

/** What came of the rounds, and what was not done. */
export interface NoiseResults {
  readonly verdicts: readonly RowVerdict[];
  readonly skipped: readonly SkippedKind[];
}

/** @param words for noise-guest.ts */
export async function runNoiseOnMachine(words: readonly string[]): Promise<NoiseResults> {
  const stdout = await runWithOwnEtc('noise-guest.js', words);
  return readOutput(stdout);
}

/** The same in a virtual machine, which is given the programs that the host has. */
export async function runNoiseOnKernel(
  name: string,
  words: readonly string[],
  minutes: number,
  settings: VmSettings,
): Promise<NoiseResults> {
  const kernel = await fetchKernel(findKernelRow(name), { settings });
  const directory = await mkdtemp(join(tmpdir(), 'tracee-noise-'));
  try {
    const { files, programs } = await layOut(
      directory,
      kernel.modulesDir,
      'ci/detection/dist/noise-guest.js',
    );
    const tools = await findTools();
    const script = [
      ...prepareVm,
      ...prepareWork,
      `exec node /tracee/test/dist/guest.mjs --vm ${words.map((word) => `'${word}'`).join(' ')}`,
    ];
    const { stdout, stderr } = await runInVm({
      settings,
      kernel: name,
      files: [...files, ...tools.files],
      programs: [...new Set([...programs, ...tools.programs])],
      command: ['/bin/sh', '-c', script.join('\n')],
      memoryMiB: 3072,
      freeMiB: 1024,
      /* The last round may take long on an emulated processor. */
      timeoutMs: minutes * 60_000 + 2_400_000,
    });
    const results = readOutput(stdout);
    if (results.verdicts.length === 0) throw new Error(`no work was done on ${name}: ${stderr}`);
    return results;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const npm = '/usr/lib/node_modules/npm/bin/npm-cli.js';
const systemShell = '/usr/bin/system-sh';

/** What work finds on a system: an account of sshd, and npm, which finds its parts by where its file is. */
const prepareWork = [
  `ln -sf ${systemShell} /bin/sh`,
  "echo 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin' >>/etc/passwd",
  `[ ! -e ${npm} ] || { printf '#!/bin/sh\\nexec node ${npm} "$@"\\n' >/usr/bin/npm; chmod 755 /usr/bin/npm; }`,
];

const wantedPrograms = [
  ...['dpkg', 'dpkg-deb', 'dpkg-split', 'tar', 'rm', 'git', 'ssh', 'scp', 'sshd', 'ssh-keygen', 'runc'],
  ...['gcc', 'as', 'ld', 'strip', 'busybox', 'cp', 'sort', 'ls', 'cat', 'id', 'seq', 'head'],
];
const wantedDirectories = [
  '/usr/lib/git-core',
  '/usr/share/git-core',
  '/usr/lib/node_modules/npm',
  '/usr/include',
];

/** Programs of ordinary work with what they load by themselves; a kind whose programs are missing is skipped there. */
async function findTools(): Promise<{ files: FileMapping[]; programs: string[] }> {
  const found = wantedPrograms.map((name) => findProgram(name)).filter((path) => path !== undefined);
  const compiler = await describeCompiler();
  const files = [...wantedDirectories, ...compiler.paths]
    .filter((path) => existsSync(path))
    .map((path) => ({ from: path, to: path }));
  /* The shell of the machine: that of BusyBox has programs of its own before those of the system. */
  const shell = { from: await realpath('/bin/sh'), to: systemShell };
  return { files: [...files, shell], programs: [...found, ...compiler.programs] };
}

/** gcc's own programs and the parts of the C library that it links. */
async function describeCompiler(): Promise<{ paths: string[]; programs: string[] }> {
  if (findProgram('gcc') === undefined) return { paths: [], programs: [] };
  const { stdout } = await promisify(execFile)('gcc', ['-print-libgcc-file-name']);
  const own = stdout.trim().replace(/\/[^/]*$/, '');
  const { stdout: start } = await promisify(execFile)('gcc', ['-print-file-name=crt1.o']);
  const library = join(start.trim(), '..');
  const parts = (await readdir(library)).filter((name) =>
    /^(?:crt[1in]\.o|Scrt1\.o|libc\.so|libc_nonshared\.a)$/.test(name),
  );
  const programs = ['cc1', 'collect2'].map((name) => join(own, name)).filter((path) => existsSync(path));
  return { paths: [own, ...parts.map((name) => join(library, name))], programs };
}

function readOutput(stdout: string): NoiseResults {
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(
      (line) =>
        JSON.parse(line) as
          RowVerdict | { readonly id?: undefined; readonly skipped: string; readonly why: string },
    );
  return {
    verdicts: lines.flatMap((line) => (line.id === undefined ? [] : [line])),
    skipped: lines.flatMap((line) => (line.id === undefined ? [{ name: line.skipped, why: line.why }] : [])),
  };
}
