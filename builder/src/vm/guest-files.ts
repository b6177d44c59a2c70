import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libbpfVersion } from 'tracee/libbpf';
import type { CpioEntry } from './cpio.js';

/** Where the guest's program, the object and what Node needs lie in the guest. */
export const guestPaths = {
  node: '/usr/bin/node',
  program: '/tracee/guest.mjs',
  object: '/tracee/object.o',
} as const;

/** Where programs name their loader, whatever directory the system keeps it in. */
const loaders: Record<string, string> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

/** Kernel name, major and minor of the devices without which nothing can be said (Documentation/admin-guide/devices.txt). */
const devices: readonly [name: string, major: number, minor: number][] = [
  ['console', 5, 1],
  ['null', 1, 3],
  ['urandom', 1, 9],
  ['ttyS1', 4, 65],
];

/** All that the guest has: this Node with its libraries and libbpf, the runtime's library, the object. */
export function guestFiles(object: Uint8Array): CpioEntry[] {
  const files = new Map<string, CpioEntry>();
  const add = (entry: CpioEntry): void => {
    for (const parent of parentsOf(entry.name)) {
      if (!files.has(parent)) files.set(parent, { name: parent, kind: 'directory' });
    }
    files.set(entry.name, entry);
  };
  const addFile = (to: string, from: string, isExecutable = false): void => {
    add({ name: to.slice(1), kind: 'file', bytes: readFileSync(from), isExecutable });
  };
  for (const [name, major, minor] of devices) add({ name: `dev/${name}`, kind: 'device', major, minor });
  for (const name of ['proc', 'sys', 'tmp']) add({ name, kind: 'directory' });
  addFile(guestPaths.node, realpathSync(process.execPath), true);
  for (const { path, names } of loadedLibraries()) {
    addFile(path, path, true);
    for (const name of names) {
      add({ name: join(dirname(path), name).slice(1), kind: 'link', target: basename(path) });
    }
  }
  const loader = loaders[process.arch] ?? '';
  addFile(loader, realpathSync(loader), true);
  for (const [to, from] of modules())
    for (const path of filesBelow(from)) addFile(join(to, path), join(from, path));
  addFile(guestPaths.program, fileURLToPath(new URL('guest.js', import.meta.url)));
  add({ name: guestPaths.object.slice(1), kind: 'file', bytes: object });
  return [...files.values()];
}

/**
 * The libraries of Node and libbpf are those that this process has loaded. The loader looks for them by names
 * that are links to them: `libbpf.so.1` -> `libbpf.so.1.1.0`, `libelf.so.1` -> `libelf-0.188.so`.
 */
function loadedLibraries(): { path: string; names: string[] }[] {
  libbpfVersion();
  const maps = readFileSync('/proc/self/maps', 'utf8');
  const paths = new Set([...maps.matchAll(/\s(\/\S+\.so(?:\.\S+)?)$/gm)].map((match) => match[1] ?? ''));
  return [...paths].map((path) => {
    const stem = /^[^.-]+/.exec(basename(path))?.[0] ?? '';
    const names = readdirSync(dirname(path)).filter((name) => {
      const link = join(dirname(path), name);
      return name.startsWith(stem) && link !== path && existsSync(link) && realpathSync(link) === path;
    });
    return { path, names };
  });
}

/** Packages that the guest's program imports, with where they are here. */
function modules(): [to: string, from: string][] {
  const tracee = join(dirname(fileURLToPath(import.meta.resolve('tracee/errors'))), '..');
  const koffi = dirname(createRequire(join(tracee, 'package.json')).resolve('koffi'));
  const native = `@koromix/koffi-${process.platform}-${process.arch}`;
  return [
    ['/tracee/node_modules/tracee', tracee],
    ['/tracee/node_modules/koffi', koffi],
    [`/tracee/node_modules/${native}`, dirname(createRequire(join(koffi, 'package.json')).resolve(native))],
  ];
}

/** Code alone: no types, maps or objects. */
function filesBelow(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below)).flatMap((name) => {
    const path = join(below, name);
    if (statSync(join(directory, path)).isDirectory()) {
      return ['node_modules', 'vendor', 'doc', 'portable'].includes(name) ? [] : filesBelow(directory, path);
    }
    return /\.(?:js|cjs|mjs|node)$|^package\.json$/.test(name) ? [path] : [];
  });
}

function parentsOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
