import { closeSync, writeSync } from 'node:fs';
import { escapeText } from '../output/escape.js';
import type { OutDirectory } from './out-directory.js';
import { newProfileFile, profileFile } from './names.js';
import type { CopiedFile } from './programs.js';

/** `{ "/tmp/tracee/out/4026531840/exec.ls:1700000000000000000": { "times": 2, "file_hash": "…" } }` */
export function profileOf(path: string, files: Iterable<CopiedFile>): string {
  const entries = [...files].map(({ mountNamespace, basename, changed, times, hash }) => [
    `${path}/${mountNamespace}/exec.${escapeText(basename)}:${changed}`,
    { times, file_hash: hash ?? '' },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

/** Puts it where another was before. */
export function writeProfile({ directory, path }: OutDirectory, files: Iterable<CopiedFile>): void {
  directory.remove(newProfileFile);
  const fd = directory.write(newProfileFile, { isNew: true });
  try {
    writeSync(fd, profileOf(path, files));
  } finally {
    closeSync(fd);
  }
  directory.rename(newProfileFile, profileFile);
}
