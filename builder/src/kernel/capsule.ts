import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TraceeError } from 'tracee/errors';
import { ArchiveRefusal, readArchive, writeArchiveFiles } from '../archive/unpack.js';
import type { ArchiveFile } from '../archive/pack.js';

/** What a header capsule says about itself, in `capsule.json`: for people and messages, not for trust. */
export interface CapsuleIdentity {
  schema: 1;
  kernel: { release: string; arch: string };
  /** Of the BPF sources whose headers it has; others may include more. */
  sources: { digest: string };
}

export const identityFile = 'capsule.json';

// A capsule has 2 MB compressed and 15 MB unpacked; neither comes near these.
const largestCompressedBytes = 64 * 1024 * 1024;
const largestUnpackedBytes = 128 * 1024 * 1024;

/**
 * Unpacks a capsule into a directory that is private and empty: `build/`, and `source/` where the headers are
 * in two halves. Nothing is written before all of it was judged. The headers in it are checked like any tree,
 * by the caller. Throws `CAPSULE_INVALID`, `HEADERS_NOT_FOUND`.
 */
export function openCapsule(path: string, directory: string): CapsuleIdentity {
  try {
    const files = readArchive(decompress(path));
    const identity = readIdentity(files);
    const stranger = files.find(({ name }) => name !== identityFile && !/^(?:build|source)\//.test(name));
    if (stranger !== undefined) throw new ArchiveRefusal(`has "${stranger.name}", which no capsule has`);
    writeArchiveFiles(files, directory);
    return identity;
  } catch (cause) {
    if (!(cause instanceof ArchiveRefusal)) throw cause;
    throw new TraceeError('CAPSULE_INVALID', `${path} ${cause.message}`, {
      hint: 'create one with tracee-builder capsule create, and copy it as it is',
      cause,
    });
  }
}

function decompress(path: string): Buffer {
  const size = statSync(path).size;
  if (size > largestCompressedBytes) throw new ArchiveRefusal(`has ${size} bytes, too many for a capsule`);
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: largestUnpackedBytes });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const reason =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `unpacks to more than ${largestUnpackedBytes} bytes`
        : `cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ArchiveRefusal(reason, { cause });
  }
}

function readIdentity(files: readonly ArchiveFile[]): CapsuleIdentity {
  const file = files.find(({ name }) => name === identityFile);
  if (file === undefined) throw new ArchiveRefusal(`has no ${identityFile}: it is no header capsule`);
  const found = parse(file.bytes);
  if (isIdentity(found)) return found;
  throw new ArchiveRefusal(`has a ${identityFile} that this version does not know`);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is CapsuleIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, kernel, sources } = value as Partial<CapsuleIdentity>;
  return (
    schema === 1 &&
    typeof kernel?.release === 'string' &&
    typeof kernel.arch === 'string' &&
    typeof sources?.digest === 'string'
  );
}
