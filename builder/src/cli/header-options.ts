import { homedir } from 'node:os';
import { join } from 'node:path';
import { TraceeError } from 'tracee/errors';
import { findHeaders, type HeaderSearch, type TypeOrigin } from '../kernel/headers.js';
import { fetchHeaders } from '../kernel/packages/fetch.js';
import type { TargetKernel } from '../kernel/release.js';
import { named } from './environment.js';
import { say } from './report.js';

/** Options that say where headers come from. */
export interface HeaderFlags {
  headers?: string;
  allowMismatch?: true;
  fetch?: true;
}

/** Where to unpack what is packed, and whom to tell of places that were passed over. */
export interface TypeSearch {
  scratch: string;
  signal: AbortSignal;
  /** False where only headers will do. */
  takesBtf?: boolean;
  onMiss: (place: string, reason: string) => void;
}

/** Tells people. */
export function sayMiss(place: string, reason: string): void {
  say(`not ${place}: ${reason}`);
}

/** What the kernel's types are taken from: what is named or found, or with `--fetch` what can be got. */
export async function findTypeOrigin(
  kernel: TargetKernel,
  flags: HeaderFlags,
  { scratch, signal, takesBtf = true, onMiss }: TypeSearch,
): Promise<TypeOrigin> {
  const { env } = process;
  const cache = cacheDirectory(env);
  const search: HeaderSearch = {
    kernel,
    directories: headerDirectories(flags, env),
    allowMismatch: flags.allowMismatch === true,
    ...{ cache, scratch, takesBtf, onMiss },
  };
  if (flags.fetch !== true || search.directories.length > 0) return findHeaders(search);
  try {
    return findHeaders({ ...search, takesBtf: false });
  } catch (error) {
    if (!(error instanceof TraceeError) || error.code !== 'HEADERS_NOT_FOUND') throw error;
  }
  const root = await fetchHeaders({ kernel, cache, signal, onProgress: say });
  return findHeaders({ ...search, directories: [root] });
}

/** The original's `KERN_BLD_PATH` and `KERN_SRC_PATH` name the halves one by one. */
export function headerDirectories(flags: HeaderFlags, env: NodeJS.ProcessEnv): string[] {
  const one = flags.headers ?? named(env['KERN_HEADERS']);
  if (one !== undefined) {
    const halves = one.split(':').filter((part) => part !== '');
    if (halves.length <= 2) return halves;
    throw new TraceeError('USAGE', `"${one}" names ${halves.length} header directories`, {
      hint: 'name one directory, or two as <build>:<source>',
    });
  }
  return [named(env['KERN_BLD_PATH']), named(env['KERN_SRC_PATH'])].flatMap((part) => part ?? []);
}

/** Where fetched headers are kept. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const own = named(env['TRACEE_CACHE_DIR']);
  return own ?? join(named(env['XDG_CACHE_HOME']) ?? join(homedir(), '.cache'), 'tracee');
}
