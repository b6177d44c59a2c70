import { VmError } from './errors.js';

/** Gives a module's ELF bytes by name, or `undefined` when it is built into the kernel. */
export type ReadModule = (name: string) => Promise<Uint8Array | undefined>;

/**
 * The wanted modules and all that they depend on, in an order in which they can be loaded: dependencies
 * first. The dependencies are read from the modules themselves, since `modules.dep` exists only where a
 * package was installed.
 */
export async function orderModules(
  wanted: readonly string[],
  read: ReadModule,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const ordered: { name: string; bytes: Uint8Array }[] = [];
  const visited = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    if (visited.has(name)) return;
    visited.add(name);
    const bytes = await read(name);
    if (bytes === undefined) return;
    for (const dependency of readDependencies(bytes)) await visit(dependency);
    ordered.push({ name, bytes });
  };
  for (const name of wanted) await visit(name);
  return ordered;
}

/** `kernel/drivers/block/virtio-blk.ko.xz` -> `virtio_blk`: to the kernel a dash is an underscore. */
export function moduleName(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.replace(/\.ko(?:\.[a-z0-9]+)?$/, '').replaceAll('-', '_');
}

/**
 * The names in a module's `depends=` entry. The section `.modinfo` is a row of NUL-terminated `key=value`
 * strings: `depends=jbd2,mbcache`; every module has this entry, empty if it needs nothing.
 */
export function readDependencies(module: Uint8Array): string[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const key = '\0depends=';
  const start = bytes.indexOf(key, 0, 'latin1');
  if (start < 0)
    throw new VmError('a kernel module has no "depends" entry: its file is damaged', 'delete the cache');
  const valueStart = start + key.length;
  const end = bytes.indexOf(0, valueStart);
  const value = bytes.toString('latin1', valueStart, end);
  return value === '' ? [] : value.split(',').map((name) => name.replaceAll('-', '_'));
}
