import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sha256 } from '../digest.js';
import { readSources } from '../sources.js';
import { findLibbpfHeaders } from '../toolchain/libbpf-headers.js';

/*
 * What `ensure` found last time, so that it need not ask compilers for their versions and read a header tree
 * again. Small files are compared by content; tools, BTF and directories by identity: a file that changed or
 * was replaced has another size, time or inode. Whatever differs, or is not understood, is looked at anew.
 */

/** A request, word for word: equal keys mean equal requests. */
export interface MemoKey {
  words: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  directory: string;
  release: string;
  arch: string;
}

export interface Memo {
  key: string;
  /** Path -> identity. Missing files count: one that appears can be a better choice. */
  identities: Record<string, string>;
  /** Path -> SHA-256. */
  contents: Record<string, string>;
  sources: { directory: string; digest: string };
  libbpf: { root: string; digest: string };
  /** Lines for people, and the data. */
  said: string[];
  printed: string;
}

/** The memo of this request where everything still is as it was. */
export function recall(file: string, key: MemoKey): Memo | undefined {
  try {
    const memo = JSON.parse(readFileSync(file, 'utf8')) as Memo;
    return memo.key === textOf(key) && isCurrent(memo) ? memo : undefined;
  } catch {
    // None, or damaged: the long way serves.
    return undefined;
  }
}

function isCurrent({ identities, contents, sources, libbpf }: Memo): boolean {
  return (
    Object.entries(identities).every(([path, identity]) => identityOf(path) === identity) &&
    Object.entries(contents).every(([path, digest]) => sha256(readFileSync(path)) === digest) &&
    readSources(sources.directory).digest === sources.digest &&
    findLibbpfHeaders(libbpf.root).digest === libbpf.digest
  );
}

/** A memo that cannot be written only costs time. */
export function remember(file: string, key: MemoKey, memo: Omit<Memo, 'key'>): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify({ key: textOf(key), ...memo }), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // Where there is no room for it, the long way serves.
  }
}

export function memoFile(cache: string, key: MemoKey): string {
  return join(cache, 'tracee-builder', `${sha256(textOf(key))}.json`);
}

function textOf(key: MemoKey): string {
  return JSON.stringify(key);
}

/** Identities of all these paths, links followed. */
export function identitiesOf(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [resolve(path), identityOf(resolve(path))]));
}

/** What the kernel shows is as it is until the next boot. */
function identityOf(path: string): string {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (status === undefined) return 'missing';
  if (path.startsWith('/sys/')) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = status;
  return [dev, ino, size, mtimeNs, ctimeNs, mode].join();
}

/** A script can run another program tomorrow without being another script. */
export function isBinary(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const magic = Buffer.alloc(4);
    readSync(descriptor, magic);
    return magic.equals(Buffer.from('\x7fELF', 'latin1'));
  } finally {
    closeSync(descriptor);
  }
}
