import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import type { ArchiveFile } from './pack.js';

/** More files than the headers of any kernel have. */
const mostFiles = 60_000;

/** Why an archive is not unpacked, in words that follow its name. */
export class ArchiveRefusal extends Error {}

/**
 * The files of a tar archive in memory. It may come from anyone, so all of it is judged before anything is
 * written: regular files and directories only, names that stay inside, each once. Extended headers have been
 * applied by then, so that a name hidden in one is judged as well.
 *
 * `./include/linux/a.h` -> `include/linux/a.h`; `../a.h`, `/etc/a.h`, links and devices: {@link ArchiveRefusal}
 */
export function readArchive(tar: Uint8Array): ArchiveFile[] {
  const files = new Map<string, ArchiveFile>();
  const problems: string[] = [];
  const take = (one: ReadEntry): void => {
    const problem = findProblem(one, files);
    if (problem !== undefined) problems.push(problem);
    if (problem !== undefined || one.type === 'Directory') {
      one.resume();
      return;
    }
    const name = withoutDot(one.path);
    const chunks: Uint8Array[] = [];
    files.set(name, { name, bytes: new Uint8Array() });
    one.on('data', (chunk) => chunks.push(chunk));
    one.on('end', () => files.set(name, { name, bytes: Buffer.concat(chunks) }));
  };
  // Strict: what tar would only warn of (a bad checksum, an entry that is cut off) is an error.
  const parser = new Parser({ strict: true, onReadEntry: take });
  parser.on('error', (error: Error) => problems.push(`is damaged: ${error.message}`));
  parser.on('ignoredEntry', (one: ReadEntry) => problems.push(`has a ${one.type} called "${one.path}"`));
  // The whole archive is in memory, so all of this happens before end() returns.
  parser.end(Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength));
  const [problem] = problems;
  if (problem !== undefined) throw new ArchiveRefusal(problem);
  if (files.size === 0) throw new ArchiveRefusal('has no files in it');
  return [...files.values()];
}

/** Writes the files below a directory that is private and empty. Throws {@link ArchiveRefusal}. */
export function writeArchiveFiles(files: readonly ArchiveFile[], directory: string): void {
  for (const { name, bytes } of files) {
    const path = join(directory, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { flag: 'wx', mode: 0o644 });
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
      // Names that are a file for one entry and a directory for another.
      if (code !== 'EEXIST' && code !== 'ENOTDIR') throw cause;
      throw new ArchiveRefusal(`has "${name}" twice, as a file and as a directory`, { cause });
    }
  }
}

function findProblem({ path, type }: ReadEntry, files: ReadonlyMap<string, unknown>): string | undefined {
  if (type !== 'File' && type !== 'OldFile' && type !== 'Directory') return `has a ${type} called "${path}"`;
  const name = withoutDot(path);
  const isInside = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  const isRoot = type === 'Directory' && name === '';
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if ((!isInside && !isRoot) || /[\u0000-\u001f\\]/.test(name))
    return `has a name that leads out of it: "${path}"`;
  if (files.has(name)) return `has "${name}" twice`;
  return files.size >= mostFiles ? `has more than ${mostFiles} files` : undefined;
}

/** `./include/` -> `include` */
function withoutDot(path: string): string {
  return path.replace(/^\.(?:\/|$)/, '').replace(/\/$/, '');
}
