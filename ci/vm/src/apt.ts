import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { parseControl, parseIndexTargets, type PackageStanza } from './control.js';
import { VmError } from './errors.js';
import { runProgram } from './programs.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** An apt that knows one suite and shares no list, cache or state with the system's. */
export interface PrivateApt {
  /** The newest stanza of a package, or an error that names it. */
  show(packageName: string): Promise<PackageStanza>;
  /** Downloads packages into a directory; apt checks them against the suite's signed index. */
  download(packageNames: readonly string[], directory: string): Promise<void>;
}

/**
 * Makes a private apt for one suite in `directory` and reads the suite's index.
 *
 * @param archive URI of a Debian archive, see {@link findArchive}
 */
export async function openPrivateApt(
  directory: string,
  archive: string,
  suite: string,
  signal?: AbortSignal,
): Promise<PrivateApt> {
  if (!existsSync(keyring)) {
    throw new VmError(`no Debian keys at ${keyring}`, 'sudo apt-get install -y debian-archive-keyring');
  }
  const options = await writeConfiguration(directory, archive, suite);
  await runProgram('apt-get', [...options, 'update'], { signal });
  return {
    async show(packageName) {
      const text = await runProgram('apt-cache', [...options, '--no-all-versions', 'show', packageName], {
        signal,
      });
      const stanza = parseControl(text)[0];
      if (stanza === undefined) throw new VmError(`suite ${suite} has no package ${packageName}`);
      return stanza;
    },
    async download(packageNames, into) {
      await runProgram('apt-get', [...options, 'download', ...packageNames], { cwd: into, signal });
    },
  };
}

/**
 * The archive that this system's own apt gets Debian from, so that a mirror or a proxy that an administrator
 * chose is used here too.
 */
export async function findArchive(signal?: AbortSignal): Promise<string> {
  const format = '$(ORIGIN)|$(LABEL)|$(REPO_URI)';
  const text = await runProgram('apt-get', ['indextargets', '--format', format], { signal });
  const archive = parseIndexTargets(text);
  if (archive === undefined) {
    throw new VmError(
      "the system's apt sources name no Debian archive",
      'run `apt-get update`, or set DEBIAN_MIRROR to the URI of a Debian archive',
    );
  }
  return archive;
}

/** Writes the sources and the empty state, and returns the options that point apt at them. */
async function writeConfiguration(directory: string, archive: string, suite: string): Promise<string[]> {
  const path = (name: string): string => join(directory, name);
  for (const name of ['lists/partial', 'cache/archives/partial', 'state', 'empty.d']) {
    await mkdir(path(name), { recursive: true });
  }
  await writeFile(path('sources.list'), `deb [signed-by=${keyring}] ${archive} ${suite} main\n`);
  await writeFile(path('status'), '');
  const settings = {
    'Dir::Etc::sourcelist': path('sources.list'),
    'Dir::Etc::sourceparts': path('empty.d'),
    'Dir::Etc::preferences': path('preferences'),
    'Dir::Etc::preferencesparts': path('empty.d'),
    'Dir::State': path('state'),
    'Dir::State::lists': path('lists'),
    'Dir::State::status': path('status'),
    'Dir::Cache': path('cache'),
    // The unprivileged _apt user cannot write to a cache below someone's home directory.
    'APT::Sandbox::User': 'root',
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled': 'false',
    'Acquire::Retries': '3',
    // Signatures are checked all the same; a frozen mirror's kernels are as good for a test as today's.
    'Acquire::Check-Valid-Until': 'false',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
