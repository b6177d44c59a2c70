import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** A regular file of an archive, by its path from the archive's root. */
export interface ArchiveFile {
  name: string;
  bytes: Uint8Array;
}

const blockSizeBytes = 512;

/**
 * Packs files as `.tar.gz`. Equal files give equal bytes, whoever packs them, when and in whatever order:
 * names are sorted, and owners, times and modes are constants.
 */
export function packArchive(files: readonly ArchiveFile[]): Buffer {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // Two empty blocks end an archive.
  const blocks = [
    ...sorted.flatMap(({ name, bytes }) => entry(name, bytes)),
    Buffer.alloc(2 * blockSizeBytes),
  ];
  return gzipSync(Buffer.concat(blocks), { level: 9 });
}

function entry(path: string, bytes: Uint8Array): Uint8Array[] {
  const header = new Header({
    ...{ path, type: 'File', size: bytes.length, mode: 0o644, mtime: new Date(0) },
    ...{ uid: 0, gid: 0, uname: '', gname: '' },
  });
  const block = Buffer.alloc(blockSizeBytes);
  // True when a field is too long for the plain format; no path of a header is.
  if (header.encode(block)) throw new Error(`${path} is too long a name for an archive`);
  const rest = bytes.length % blockSizeBytes;
  return [block, bytes, Buffer.alloc(rest === 0 ? 0 : blockSizeBytes - rest)];
}
