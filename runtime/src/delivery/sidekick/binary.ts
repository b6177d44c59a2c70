import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { resolveTrustedDirectory } from '../../artifact/index.js';
import { TraceeError } from '../../errors.js';

export interface BinaryOptions {
  /** The user named it: nothing else is tried. */
  readonly named?: string | undefined;
  /** Directories of the runtime. */
  readonly beside: readonly string[];
  /** `PATH`. */
  readonly searchPath: string;
  readonly trustedUids: readonly number[];
}

const name = 'falcosidekick';

const howToGet =
  'the images have it; elsewhere take it from https://github.com/falcosecurity/falcosidekick/releases, and put it on PATH or name it with TRACEE_WEBHOOK_EXE';

/** The falcosidekick to run. Throws SIDEKICK_MISSING where there is none, or one that others can change. */
export function findSidekick({ named, beside, searchPath, trustedUids }: BinaryOptions): string {
  if (named !== undefined) {
    const path = programAt(named);
    if (path === undefined) throw missing(`TRACEE_WEBHOOK_EXE names ${named}, which is no program`);
    return requireTrusted(path, trustedUids);
  }
  const directories = [...beside, ...searchPath.split(':').filter((one) => one.startsWith('/'))];
  for (const directory of directories) {
    const path = programAt(join(directory, name));
    if (path !== undefined) return requireTrusted(path, trustedUids);
  }
  throw missing('there is a file of integrations, but no falcosidekick that delivers to what it says');
}

/** Without links, where it is a file that can be executed. */
export function programAt(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    const resolved = realpathSync(path);
    return statSync(resolved).isFile() ? resolved : undefined;
  } catch {
    return undefined;
  }
}

/** It gets secrets, and runs as the user who may be root. */
function requireTrusted(path: string, trustedUids: readonly number[]): string {
  let directory: string;
  try {
    directory = resolveTrustedDirectory(dirname(path), { what: name, trustedUids });
  } catch (cause) {
    throw missing(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const { uid, mode } = statSync(path);
  if (![0, process.geteuid?.() ?? 0, ...trustedUids].includes(uid))
    throw missing(`${path} is owned by uid ${uid}`);
  if ((mode & 0o022) !== 0) throw missing(`${path} can be changed by others`);
  return join(directory, basename(path));
}

function missing(message: string, cause?: unknown): TraceeError {
  return new TraceeError('SIDEKICK_MISSING', message, { hint: howToGet, cause });
}
