import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  realpath,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { VmError } from './errors.js';
import { installBusybox } from './initramfs.js';
import { findLibraries, findLibrary } from './libraries.js';
import { findProgram, runProgram } from './programs.js';

/** A file or directory of the host that the guest sees. */
export interface FileMapping {
  /** Path on the host; a link is followed, links inside a directory are kept as they are. */
  readonly from: string;
  /** Absolute path in the guest. Missing parents are made, root's, mode 755. */
  readonly to: string;
  /** Permission bits of the file or of the top directory; without it the host's. */
  readonly mode?: number;
}

/** What to put into a root image. */
export interface ImageContents {
  readonly files: readonly FileMapping[];
  /** Host programs (names on PATH or paths) to have under the same path, with their libraries. */
  readonly programs: readonly string[];
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** The guest powers itself off after this many seconds. */
  readonly limitSeconds: number;
  /** Free space for what the guest writes. */
  readonly freeMiB: number;
}

const guestInit = fileURLToPath(new URL('../guest/init.sh', import.meta.url));
const mebibyte = 1024 * 1024;
const blockBytes = 4096;
/** As mke2fs has it by itself. */
const inodesPerFreeMiB = 64;

/**
 * Writes an ext4 image with Node, libbpf, busybox and the given files to `imagePath`, as a sparse file.
 * `scratch` is an empty directory to work in. Needs no privileges. Building it anew each time takes about
 * as long as copying a cached one.
 */
export async function buildImage(contents: ImageContents, imagePath: string, scratch: string): Promise<void> {
  await layOutSystem(scratch);
  await installProgram(scratch, process.execPath, '/usr/bin/node');
  await installLibrary(scratch, await findLibrary('libbpf.so.1', 'libbpf1'));
  for (const name of contents.programs) await installProgram(scratch, locateProgram(name));
  for (const file of contents.files) await installMapping(scratch, file);
  await writeJob(scratch, contents);
  await makeFileSystem(scratch, imagePath, contents.freeMiB);
}

/** Directories, accounts and busybox, laid out as Debian does: one /usr, with links to it from the root. */
async function layOutSystem(root: string): Promise<void> {
  const directories = [
    'dev',
    'etc',
    'home',
    'proc',
    'root',
    'run',
    'sys',
    'tmp',
    'usr',
    'var',
    'var/log',
    'vm',
  ];
  const merged = ['bin', 'sbin', 'lib', 'lib64'];
  for (const name of directories) await mkdir(join(root, name));
  for (const name of merged) {
    await mkdir(join(root, 'usr', name));
    await symlink(`usr/${name}`, join(root, name));
  }
  await symlink('/run', join(root, 'var/run'));
  await chmod(join(root, 'tmp'), 0o1777);
  await chmod(join(root, 'root'), 0o700);

  const { stdout: applets } = await execa('busybox', ['--list']);
  await installBusybox(
    join(root, 'usr/bin'),
    applets.split('\n').filter((name) => name !== 'busybox' && name !== 'init'),
  );
  await copyFile(guestInit, join(root, 'usr/sbin/init'));
  await chmod(join(root, 'usr/sbin/init'), 0o755);

  const etc: Record<string, string> = {
    hostname: 'tracee-vm\n',
    hosts: '127.0.0.1 localhost tracee-vm\n::1 localhost\n',
    passwd:
      'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    group: 'root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  for (const [name, text] of Object.entries(etc)) await writeFile(join(root, 'etc', name), text);
}

function locateProgram(name: string): string {
  const path = name.startsWith('/') ? name : findProgram(name);
  if (path === undefined)
    throw new VmError(`not installed: ${name}`, 'install it, or leave it out of the VM');
  return path;
}

/** Copies a program to `to` (by default its own path, over busybox's applet if need be) with its libraries. */
async function installProgram(root: string, from: string, to = from): Promise<void> {
  const file = await realpath(from);
  await installFile(root, file, to);
  for (const library of await findLibraries(file)) await installFile(root, library, library);
}

async function installLibrary(root: string, path: string): Promise<void> {
  await installFile(root, path, path);
  for (const library of await findLibraries(path)) await installFile(root, library, library);
}

/** `copyFile` follows links, so one file stands where the host has a chain of versioned names. */
async function installFile(root: string, from: string, to: string): Promise<void> {
  const target = await prepareTarget(root, to);
  await copyFile(from, target);
  await chmod(target, (await stat(from)).mode & 0o7777);
}

async function installMapping(root: string, { from, to, mode }: FileMapping): Promise<void> {
  if (!to.startsWith('/')) throw new VmError(`"${to}" is no absolute path of the guest`);
  const source = await realpath(from).catch((error: unknown) => {
    throw new VmError(`${from} is to be copied into the VM but cannot be read`, undefined, error);
  });
  const target = await prepareTarget(root, to);
  await cp(source, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  if (mode !== undefined) await chmod(target, mode);
}

/**
 * The path below `root` for a guest path, with its parent made and nothing but a directory in its place:
 * busybox's links must not be followed, or the copy would land in busybox itself.
 */
async function prepareTarget(root: string, guestPath: string): Promise<string> {
  const target = join(root, guestPath);
  await mkdir(dirname(target), { recursive: true });
  const present = await lstat(target).catch(() => undefined);
  if (present?.isSymbolicLink() === true) {
    await unlink(target);
  }
  return target;
}

async function writeJob(root: string, contents: ImageContents): Promise<void> {
  const exports = Object.entries(contents.environment).map(
    ([name, value]) => `export ${name}=${quote(value)}\n`,
  );
  const command = contents.command.map(quote).join(' ');
  await writeFile(join(root, 'vm/job'), `#!/bin/sh\n${exports.join('')}cd /root\nexec ${command}\n`, {
    mode: 0o755,
  });
  const owned = contents.files.map(({ to }) => quote(to));
  await writeFile(join(root, 'vm/owned'), `${owned.join(' ')}\n`);
  await writeFile(join(root, 'vm/uid'), `${process.getuid?.() ?? 0}\n`);
  await writeFile(join(root, 'vm/limit'), `${contents.limitSeconds}\n`);
}

/** `it's` -> `'it'\''s'`: one word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function makeFileSystem(root: string, imagePath: string, freeMiB: number): Promise<void> {
  const { blocks, entries } = await measure(root);
  const contentMiB = Math.ceil((blocks * blockBytes) / mebibyte);
  // The features are those that kernel 4.18 knows; without a journal, since nobody looks at it after a crash.
  const features =
    'none,dir_index,dir_nlink,ext_attr,extent,extra_isize,filetype,flex_bg,huge_file,large_file,sparse_super';
  await runProgram('mke2fs', [
    ...['-q', '-F', '-t', 'ext4', '-O', features, '-m', '0', '-b', String(blockBytes)],
    ...[
      '-N',
      String(entries + Math.max(4096, freeMiB * inodesPerFreeMiB)),
      '-E',
      'root_owner=0:0,lazy_itable_init=1,nodiscard',
      '-d',
      root,
    ],
    ...[imagePath, `${Math.ceil(contentMiB * 1.05) + 16 + freeMiB}M`],
  ]);
}

/** Blocks and inodes that a tree takes in a file system. */
async function measure(directory: string): Promise<{ blocks: number; entries: number }> {
  let blocks = 0;
  let entries = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    entries += 1;
    const { size } = await lstat(join(entry.parentPath, entry.name));
    blocks += Math.max(1, Math.ceil(size / blockBytes));
  }
  return { blocks, entries };
}
