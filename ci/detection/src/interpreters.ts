import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FileMapping } from '../../vm/dist/image.js';

const run = promisify(execFile);

/** What rows use of the host and a virtual machine is given, where the host has it. */
const wanted = [
  '/usr/bin/bash',
  '/usr/bin/env',
  '/usr/bin/gdb',
  '/usr/bin/grep',
  '/usr/bin/perl',
  '/usr/bin/python3',
  '/usr/bin/script',
  '/usr/bin/sleep',
  '/usr/bin/stdbuf',
  '/usr/bin/strace',
];

/** Programs, and the directories of libraries that interpreters load by themselves. */
export async function findInterpreters(): Promise<{ files: FileMapping[]; programs: string[] }> {
  const programs = wanted.filter((path) => existsSync(path));
  const directories = [
    await perlLibrary(programs),
    await pythonLibrary(programs),
    '/usr/share/gdb',
    '/usr/libexec/coreutils',
  ];
  const files = directories
    .filter((path) => path !== undefined)
    .filter((path) => existsSync(path))
    .map((path) => ({ from: path, to: path }));
  return { files, programs: [...programs, ...(await extensionsOf(directories[1]))] };
}

async function perlLibrary(programs: readonly string[]): Promise<string | undefined> {
  if (!programs.includes('/usr/bin/perl')) return undefined;
  const { stdout } = await run('/usr/bin/perl', ['-e', 'print((grep { m{/perl-base$} && -d } @INC)[0])']);
  return stdout === '' ? undefined : stdout;
}

async function pythonLibrary(programs: readonly string[]): Promise<string | undefined> {
  if (!programs.includes('/usr/bin/python3')) return undefined;
  const { stdout } = await run('/usr/bin/python3', [
    '-c',
    "import sysconfig; print(sysconfig.get_path('stdlib'))",
  ]);
  return stdout.trim();
}

/** Extensions in C are named as programs, so that the libraries they need come too. */
async function extensionsOf(python: string | undefined): Promise<string[]> {
  if (python === undefined) return [];
  const directory = join(python, 'lib-dynload');
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => /^_(?:ctypes|socket|posixsubprocess)\./.test(name))
    .map((name) => join(directory, name));
}
