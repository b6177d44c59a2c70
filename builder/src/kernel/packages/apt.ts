import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseControl, type PackageStanza } from './control.js';

/** Runs one of apt's programs to its end and gives its stdout; throws with what it said when it failed. */
export type RunApt = (
  program: 'apt-get' | 'apt-cache',
  words: readonly string[],
  options?: { cwd: string },
) => Promise<string>;

/** Settings by name, as in apt.conf. */
export type AptSettings = Readonly<Record<string, string>>;

export interface Apt {
  /** Reads the indexes of its sources anew. */
  update(): Promise<void>;
  /** The newest stanza of a package, `undefined` where no index has it. */
  show(packageName: string): Promise<PackageStanza | undefined>;
  /** Downloads packages into a directory; apt checks them against the signed indexes. */
  download(packageNames: readonly string[], directory: string): Promise<void>;
}

/** The system's own apt, with settings on top of its own. */
export function openApt(settings: AptSettings, run: RunApt): Apt {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return {
    async update() {
      await run('apt-get', [...options, 'update']);
    },
    async show(packageName) {
      const words = [...options, '--no-all-versions', 'show', packageName];
      try {
        return parseControl(await run('apt-cache', words))[0];
      } catch (error) {
        if (error instanceof Error && error.message.includes('No packages found')) return undefined;
        throw error;
      }
    },
    async download(packageNames, directory) {
      await run('apt-get', [...options, 'download', ...packageNames], { cwd: directory });
    },
  };
}

/**
 * Settings with which apt keeps lists, cache and state in `directory`, and nothing of the system's changes. The
 * sources stay the system's.
 *
 * @param architecture Debian's word for it, `amd64`
 */
export async function privateState(directory: string, architecture: string): Promise<AptSettings> {
  const path = (name: string): string => join(directory, name);
  for (const name of ['lists/partial', 'cache/archives/partial', 'state']) {
    await mkdir(path(name), { recursive: true });
  }
  await writeFile(path('status'), '');
  return {
    'Dir::State': path('state'),
    'Dir::State::lists': path('lists'),
    'Dir::State::status': path('status'),
    'Dir::Cache': path('cache'),
    // Images switch them off to save room (docker-clean); each question would read all lists again.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    // The unprivileged _apt user cannot write to a cache below someone's home directory.
    'APT::Sandbox::User': 'root',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled': 'false',
    'Acquire::Retries': '3',
  };
}
