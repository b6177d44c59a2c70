import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findArchive, openPrivateApt, type PrivateApt } from './apt.js';
import {
  isErrorWithCode,
  makeTemporaryDirectory,
  publishDirectory,
} from '../../../builder/dist/kernel/packages/cache.js';
import { findConcretePackage, isKernelPart } from './control.js';
import { VmError } from './errors.js';
import { architectureOf, type KernelRow } from './kernels.js';
import { requirePrograms, runProgram } from './programs.js';
import type { VmSettings } from './settings.js';

/** A kernel and its headers, unpacked in the cache and never installed. All paths are absolute. */
export interface FetchedKernel {
  /** What `uname -r` says in this kernel. */
  readonly release: string;
  /** Version of the Debian packages. */
  readonly packageVersion: string;
  readonly vmlinuz: string;
  /** `…/lib/modules/<release>`, as packaged: without what depmod makes. */
  readonly modulesDir: string;
  /** Root of the unpacked packages: absolute links in the header trees are meant relative to it. */
  readonly headersRoot: string;
  /** The half of Debian's headers that has the configuration, `linux-headers-<release>`. */
  readonly buildDir: string;
  /** The half with the architecture-independent headers, `linux-headers-…-common`. */
  readonly sourceDir: string;
}

/** What the pointer file of a row says: which of the unpacked kernels is the one to use. */
interface KernelPointer {
  readonly release: string;
  readonly packageVersion: string;
}

/** How to fetch. */
export interface FetchOptions {
  readonly settings: VmSettings;
  /** Ask the archive for a newer build even when the cache has one. */
  readonly update?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told what takes a while. */
  readonly onProgress?: (message: string) => void;
}

/**
 * A row's kernel from the cache, or from the Debian archive when the cache has none. What is in the cache is
 * complete: packages are unpacked beside it and moved in by one rename.
 */
export async function fetchKernel(row: KernelRow, options: FetchOptions): Promise<FetchedKernel> {
  const rowDir = join(options.settings.cacheDir, 'kernels', row.name);
  const cached = await readPointer(rowDir);
  if (cached !== undefined && options.update !== true) return describe(row, rowDir, cached);
  const newest = await download(row, rowDir, options);
  await writePointer(rowDir, newest);
  return describe(row, rowDir, newest);
}

async function readPointer(rowDir: string): Promise<KernelPointer | undefined> {
  let text: string;
  try {
    text = await readFile(join(rowDir, 'current.json'), 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const pointer = JSON.parse(text) as KernelPointer;
  return existsSync(join(rowDir, pointer.packageVersion)) ? pointer : undefined;
}

async function writePointer(rowDir: string, pointer: KernelPointer): Promise<void> {
  const path = join(rowDir, 'current.json');
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(pointer)}\n`);
  await rename(temporary, path);
}

async function download(row: KernelRow, rowDir: string, options: FetchOptions): Promise<KernelPointer> {
  const { settings, signal, onProgress } = options;
  requirePrograms(['apt-get', 'apt-cache', 'dpkg']);
  await using temporary = await makeTemporaryDirectory(settings.cacheDir);
  const archive = settings.mirror ?? (await findArchive(signal));

  onProgress?.(`${row.name}: reading the index of ${row.suite}`);
  const apt = await openPrivateApt(join(temporary.path, 'apt'), archive, row.suite, {
    signal,
    architecture: architectureOf(row),
  });
  const { pointer, packages } = await resolvePackages(apt, row);
  const target = join(rowDir, pointer.packageVersion);
  if (existsSync(target)) return pointer;

  onProgress?.(`${row.name}: downloading ${packages.join(', ')}`);
  const archives = join(temporary.path, 'packages');
  await mkdir(archives);
  await apt.download(packages, archives);

  onProgress?.(`${row.name}: unpacking ${pointer.release}`);
  const root = join(temporary.path, 'root');
  await mkdir(root);
  for (const file of await readdir(archives)) {
    await runProgram('dpkg', ['-x', join(archives, file), root], { signal });
  }
  await publishDirectory(root, target);
  return pointer;
}

/** Finds the row's newest build and all packages that hold a part of it. */
async function resolvePackages(
  apt: PrivateApt,
  row: KernelRow,
): Promise<{ pointer: KernelPointer; packages: string[] }> {
  const meta = await apt.show(`linux-image-${row.flavour}`);
  const image = findConcretePackage(meta, 'linux-image', row.flavour);
  if (image === undefined || !image.startsWith(`linux-image-${row.series}.`)) {
    throw new VmError(
      `suite ${row.suite} no longer has kernel ${row.series}: ${meta.name} ${meta.version} stands for ${image ?? 'nothing'}`,
      `give row ${row.name} in ci/vm/src/kernels.ts another suite`,
    );
  }
  const release = image.slice('linux-image-'.length);
  const packages = new Set([image, `linux-headers-${release}`]);
  for (const name of packages) {
    const { dependencies } = await apt.show(name);
    for (const part of dependencies) if (isKernelPart(part, release, row.flavour)) packages.add(part);
  }
  return { pointer: { release, packageVersion: meta.version }, packages: [...packages] };
}

function describe(row: KernelRow, rowDir: string, { release, packageVersion }: KernelPointer): FetchedKernel {
  const root = join(rowDir, packageVersion);
  // Debian's packages are below /usr from 6.12 (headers) and 7.2 (modules) on.
  const modulesDir = firstExisting([
    join(root, 'lib/modules', release, 'kernel'),
    join(root, 'usr/lib/modules', release, 'kernel'),
  ]);
  // `6.1.0-50-cloud-amd64` has its common headers in `linux-headers-6.1.0-50-common`.
  const build = release.slice(0, -row.flavour.length - 1);
  return {
    release,
    packageVersion,
    modulesDir: dirname(modulesDir),
    vmlinuz: firstExisting([
      join(root, 'boot', `vmlinuz-${release}`),
      join(root, 'usr/lib/modules', release, 'vmlinuz'),
    ]),
    headersRoot: root,
    buildDir: firstExisting([join(root, 'usr/src', `linux-headers-${release}`)]),
    sourceDir: firstExisting([join(root, 'usr/src', `linux-headers-${build}-common`)]),
  };
}

function firstExisting(paths: readonly [string, ...string[]]): string {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) {
    throw new VmError(
      `the unpacked kernel has no ${paths.join(' and no ')}`,
      'delete that directory and fetch again',
    );
  }
  return found;
}
