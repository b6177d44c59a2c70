import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  architectureSchema,
  objectName,
  portableObjectName,
  readManifest,
  readTrustedFile,
  verifyDigest,
  type Architecture,
  type Manifest,
} from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { codeOf } from './failure.js';
import { isObjectName } from './names.js';

/** What lies in a store under the name of an object. */
export interface StoreEntry {
  path: string;
  name: string;
  /** Of the directory that it lies in; none is the flat name. */
  apart: Architecture | undefined;
  sizeBytes: number;
  /** Since the epoch, on the file system's clock. */
  modifiedMs: number;
  inode: number;
  /** Missing where it is no object of this project. */
  manifest: Manifest | undefined;
  /** Why a runtime of this user would not take it, whatever its kernel; missing where it would. */
  refusal: string | undefined;
  /** A signature lies beside it; whether it is right, `verify` tells. */
  hasSignature: boolean;
}

const maxBytes = 16 * 1024 * 1024;

/** Everything named like an object, in the store and in its directories of architectures, by name. */
export function readStore(store: string): StoreEntry[] {
  return directoriesOf(store)
    .flatMap(([directory, apart]) =>
      namesIn(directory)
        .filter(isObjectName)
        .flatMap((name) => readEntry(directory, name, apart) ?? []),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.path < b.path ? -1 : 1));
}

/** The store itself and its directories of architectures. */
export function directoriesOf(store: string): [directory: string, apart: Architecture | undefined][] {
  const apart = architectureSchema.options.map((arch): [string, Architecture] => [join(store, arch), arch]);
  return [
    [store, undefined],
    ...apart.filter(([directory]) => lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()),
  ];
}

/** Throws `STORE_FAILED`. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    throw new TraceeError('STORE_FAILED', `${directory} cannot be read: ${codeOf(cause)}`, {
      hint: 'name a directory with objects, as build and ensure have it with --output',
      cause,
    });
  }
}

/** `undefined` where it went away meanwhile. */
function readEntry(directory: string, name: string, apart: Architecture | undefined): StoreEntry | undefined {
  const path = join(directory, name);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  return {
    ...{ path, name, apart, sizeBytes: status.size, modifiedMs: status.mtimeMs, inode: status.ino },
    ...examine(path, name, apart),
    hasSignature: lstatSync(`${path}.sig`, { throwIfNoEntry: false })?.isFile() ?? false,
  };
}

function examine(
  path: string,
  name: string,
  apart: Architecture | undefined,
): Pick<StoreEntry, 'manifest' | 'refusal'> {
  let manifest: Manifest | undefined;
  try {
    const bytes = readPlain(path);
    manifest = readManifest(bytes, path);
    verifyDigest(bytes, manifest, path);
    // Links and owners, as the runtime looks at them.
    readTrustedFile(path, { what: 'BPF object' });
    return { manifest, refusal: misplacement(manifest, name, apart) };
  } catch (error) {
    const reason = error instanceof TraceeError ? error.message : `it cannot be read: ${codeOf(error)}`;
    return { manifest, refusal: reason };
  }
}

/** An object under a name that it would not be looked for by. */
function misplacement(
  { kernel, version, types }: Manifest,
  name: string,
  apart: Architecture | undefined,
): string | undefined {
  const own = types === 'core' ? portableObjectName(version) : objectName(kernel.release ?? '', version);
  if (own !== name) return `its manifest is that of ${own}`;
  return apart === undefined || apart === kernel.arch
    ? undefined
    : `it is for ${kernel.arch}, but lies among those for ${apart}`;
}

/** Follows no link, and does not wait where there is no file. */
function readPlain(path: string): Uint8Array {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw Object.assign(new Error(path), { code: 'no regular file' });
    if (status.size > maxBytes) throw Object.assign(new Error(path), { code: 'too large' });
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
