import { lstatSync, readFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { type Architecture, readManifest } from 'tracee/artifact';

/**
 * The directory of an object in a store. Two architectures can share a kernel release and with it a name: the
 * flat name is for the machine's own, `DIR/<arch>/NAME` for others. Where machines of several architectures
 * share a store, the flat name is the first one's; and what is in a directory of its own stays there, since
 * the runtime looks there first.
 */
export function placeOf(store: string, name: string, arch: Architecture): string {
  const apart = join(store, arch);
  if (arch !== machine() || exists(join(apart, name))) return apart;
  const resident = architectureOf(join(store, name));
  return resident === undefined || resident === arch ? store : apart;
}

/** Where the runtime would look for it, in its order. */
export function candidatesOf(store: string, name: string, arch: Architecture): string[] {
  return [join(store, arch, name), join(store, name)];
}

function architectureOf(path: string): Architecture | undefined {
  try {
    return readManifest(readFileSync(path), path).kernel.arch;
  } catch {
    // Whatever it is, it is no other architecture's object.
    return undefined;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
