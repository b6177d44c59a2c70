import { readFileSync, statSync } from 'node:fs';
import { readManifest, verifyDigest, type Architecture, type Manifest } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { candidatesOf } from './place.js';

/** An object in a store that is what it says. */
export interface Stored {
  path: string;
  manifest: Manifest;
}

/**
 * Makes a function that looks for an object that `suits`, where a reader would find it. It may be called again
 * and again while others are at work: what was judged and did not change is not read twice.
 */
export function lookFor(
  store: string,
  name: string,
  arch: Architecture,
  suits: (stored: Stored, bytes: Uint8Array) => Promise<boolean>,
): () => Promise<Stored | undefined> {
  let judged = '';
  return async () => {
    const path = candidatesOf(store, name, arch).find((candidate) => identityOf(candidate) !== undefined);
    const identity = path === undefined ? undefined : identityOf(path);
    if (path === undefined || identity === undefined || judged === path + identity) return undefined;
    try {
      const bytes = readFileSync(path);
      const stored = judge(path, bytes);
      if (await suits(stored, bytes)) return stored;
    } catch (error) {
      // What cannot be verified is built anew, over it. What cannot be read may be about to be replaced.
      if (error instanceof Error && 'code' in error && !(error instanceof TraceeError)) return undefined;
      if (!(error instanceof TraceeError)) throw error;
    }
    judged = path + identity;
    return undefined;
  };
}

function judge(path: string, bytes: Uint8Array): Stored {
  const manifest = readManifest(bytes, path);
  verifyDigest(bytes, manifest, path);
  return { path, manifest };
}

/** Another one after each rename to this path. */
function identityOf(path: string): string | undefined {
  try {
    const { ino, mtimeNs, ctimeNs, size } = statSync(path, { bigint: true });
    return [ino, mtimeNs, ctimeNs, size].join();
  } catch {
    return undefined;
  }
}
