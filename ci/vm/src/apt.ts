import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { openApt, privateState, type AptSettings } from '../../../builder/dist/kernel/packages/apt.js';
import type { PackageStanza } from '../../../builder/dist/kernel/packages/control.js';
import { parseIndexTargets } from './control.js';
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
 * @param options.architecture Debian's word for it, `amd64` by default
 */
export async function openPrivateApt(
  directory: string,
  archive: string,
  suite: string,
  { signal, architecture = 'amd64' }: { signal?: AbortSignal | undefined; architecture?: string } = {},
): Promise<PrivateApt> {
  if (!existsSync(keyring)) {
    throw new VmError(`no Debian keys at ${keyring}`, 'sudo apt-get install -y debian-archive-keyring');
  }
  const settings = await writeConfiguration(directory, archive, suite, architecture);
  const apt = openApt(settings, (program, words, options) =>
    runProgram(program, words, { ...options, signal }),
  );
  await apt.update();
  return {
    async show(packageName) {
      const stanza = await apt.show(packageName);
      if (stanza === undefined) throw new VmError(`suite ${suite} has no package ${packageName}`);
      return stanza;
    },
    async download(packageNames, into) {
      await apt.download(packageNames, into);
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

/** Writes the sources and an empty state, and returns the settings that point apt at them. */
async function writeConfiguration(
  directory: string,
  archive: string,
  suite: string,
  architecture: string,
): Promise<AptSettings> {
  const path = (name: string): string => join(directory, name);
  const state = await privateState(directory, architecture);
  await mkdir(path('empty.d'));
  await writeFile(path('sources.list'), `deb [signed-by=${keyring}] ${archive} ${suite} main\n`);
  return {
    ...state,
    'Dir::Etc::sourcelist': path('sources.list'),
    'Dir::Etc::sourceparts': path('empty.d'),
    'Dir::Etc::preferences': path('preferences'),
    'Dir::Etc::preferencesparts': path('empty.d'),
    // Signatures are checked all the same; a frozen mirror's kernels are as good for a test as today's.
    'Acquire::Check-Valid-Until': 'false',
  };
}
