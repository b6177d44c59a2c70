import { createHash } from 'node:crypto';

/** SHA-256, hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Digest over names and contents, whatever order the files come in. */
export function digestFiles(files: readonly { name: string; bytes: Uint8Array }[]): string {
  const lines = files.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).toSorted();
  return sha256(lines.join(''));
}
