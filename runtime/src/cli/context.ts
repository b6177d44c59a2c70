import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { locateObject, normalizeVersion, readPublicKeys } from '../artifact/index.js';
import { TraceeError } from '../errors.js';
import { computeAbi } from '../events/abi.js';
import type { Kernel } from '../host/kernel.js';
import { kernelBtfPath } from '../libbpf/index.js';

/** Options that say where the object may come from. */
export interface ObjectOptions {
  readonly installPath?: string;
  readonly portable: boolean;
}

const defaultInstallPath = '/tmp/tracee';

/** The package's version, or `VERSION` / `RELEASE_TAG`; without a leading `v`. */
export function versionOf(env: NodeJS.ProcessEnv): string {
  const wanted = named(env['VERSION']) ?? named(env['RELEASE_TAG']);
  if (wanted !== undefined) return normalizeVersion(wanted);
  const manifest = createRequire(import.meta.url)('../../package.json') as { version: string };
  return manifest.version;
}

/** Finds and verifies the object for this kernel; warnings go to stderr. */
export function findObject(
  kernel: Kernel,
  options: ObjectOptions,
  env: NodeJS.ProcessEnv,
): ReturnType<typeof locateObject> {
  const trustedUids = trustedUidsOf(env);
  const bpfFile = named(env['TRACEE_BPF_FILE']);
  const publicKey = env['TRACEE_BPF_PUBKEY'];
  return locateObject({
    kernelRelease: kernel.release,
    arch: kernel.arch,
    version: versionOf(env),
    abi: computeAbi(),
    ...(bpfFile === undefined ? {} : { bpfFile }),
    installPath: installPathOf(options, env),
    portableDirs: options.portable ? portableDirectories() : [],
    kernelHasBtf: kernel.hasBtf,
    readKernelBtf: () => readFileSync(kernelBtfPath),
    trustedUids,
    // Empty is not unset: a variable that was to require signatures and came out empty must not do without.
    ...(publicKey === undefined ? {} : { publicKeys: readPublicKeys(publicKey, trustedUids) }),
  });
}

/** Where objects and the queue of findings are kept: `--install-path`, `TRACEE_INSTALL_PATH` or `/tmp/tracee`. */
export function installPathOf(options: { readonly installPath?: string }, env: NodeJS.ProcessEnv): string {
  return options.installPath ?? named(env['TRACEE_INSTALL_PATH']) ?? defaultInstallPath;
}

/** Whose files are trusted beside root's and the running user's: `TRACEE_TRUST_UID`. */
export function trustedUidsOf(env: NodeJS.ProcessEnv): readonly number[] {
  const trusted = named(env['TRACEE_TRUST_UID']);
  return trusted === undefined ? [] : [parseUid(trusted)];
}

/** Beside the package when installed, and where `make` writes it in a clone. */
function portableDirectories(): string[] {
  const directory = fileURLToPath(new URL('../../portable', import.meta.url));
  return existsSync(directory) ? [directory] : [];
}

function parseUid(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new TraceeError('USAGE', `TRACEE_TRUST_UID is "${text}", which is no user id`, {
    hint: 'set it to a number, as id -u prints it, or leave it unset',
  });
}

/** A variable that is set and empty counts as unset. */
export function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
