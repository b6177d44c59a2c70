import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';

export interface TarFile {
  /** `headers-source/include/linux/fs.h` */
  name: string;
  bytes: Uint8Array;
}

/** Whoever unpacks it may read the files and change nothing. */
const owner = { uid: 0, gid: 0, mtime: new Date(0) };

/** Files with the directories that they are in, but those in `existing`. */
export function packFiles(files: readonly TarFile[], existing: readonly string[] = []): Promise<Buffer> {
  const archive = pack();
  const directories = new Set(files.flatMap(({ name }) => directoriesAbove(name)));
  for (const name of [...directories].toSorted()) {
    if (!existing.includes(name))
      archive.entry({ ...owner, name: `${name}/`, type: 'directory', mode: 0o755 });
  }
  for (const { name, bytes } of files) archive.entry({ ...owner, name, mode: 0o644 }, Buffer.from(bytes));
  archive.finalize();
  return buffer(Readable.from(archive as AsyncIterable<Uint8Array>));
}

/**
 * Regular files of an archive by their name in it; other entries are passed over. What comes from elsewhere
 * is not trusted to be small: throws when all is more than `limitBytes`.
 */
export async function unpackFiles(archive: NodeJS.ReadableStream, limitBytes: number): Promise<TarFile[]> {
  const files: TarFile[] = [];
  const entries = extract();
  let left = limitBytes;
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry as AsyncIterable<Uint8Array>) {
        left -= chunk.length;
        if (left < 0) throw new Error(`the archive has more than ${limitBytes} bytes`);
        chunks.push(chunk);
      }
      if (type === 'file') files.push({ name, bytes: Buffer.concat(chunks) });
    }
  })();
  await Promise.all([pipeline(archive, entries), reading]);
  return files;
}

/** `a/b/c.h` -> `a`, `a/b` */
function directoriesAbove(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
