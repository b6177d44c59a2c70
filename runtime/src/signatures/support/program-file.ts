import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { TracedEvent } from '../../events/record.js';
import { rootOf } from './system-program.js';

/** An open file that is the program of an event's process. Closed by `using`. */
export interface ProgramFile extends Disposable {
  readonly fd: number;
  readonly inode: bigint;
  /** As `stat` gives it. */
  readonly device: bigint;
  readonly sizeBytes: number;
  /** When its content or owner was last changed. */
  readonly changedNs: bigint;
}

/**
 * Opens the program file of an event's process: what runs there now, or what has its path, if it is the very
 * file that the kernel named. Undefined where it is out of reach.
 */
export function openProgram(event: TracedEvent): ProgramFile | undefined {
  const { executable, executableFile } = event;
  if (executableFile === undefined) return undefined;
  /* Other mount namespaces have the system's programs too, mostly: the inode tells. */
  const byPath =
    executable?.startsWith('/') === true ? [`${rootOf(event) ?? ''}${executable}`, executable] : [];
  return openFirst([`/proc/${event.hostPid}/exe`, ...byPath], executableFile.inode);
}

/** Opens the first of `paths` that is the file with this inode number; any file where that is missing. */
export function openFirst(paths: readonly string[], inode?: bigint): ProgramFile | undefined {
  for (const path of paths) {
    const file = openFile(path);
    if (file === undefined) continue;
    if (inode === undefined || file.inode === inode) return file;
    file[Symbol.dispose]();
  }
  return undefined;
}

function openFile(path: string): ProgramFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined; // the process has ended, or its file is hidden from us
  }
  const { dev, ino, size, ctimeNs } = fstatSync(fd, { bigint: true });
  return {
    fd,
    device: dev,
    inode: ino,
    sizeBytes: Number(size),
    changedNs: ctimeNs,
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** Larger program files are not read as a whole, nor compared. */
export const maxProgramSizeBytes = 64 * 1024 * 1024;

const chunkSizeBytes = 1024 * 1024;

/** Whether two files have the same bytes. Reads both up to the first difference. */
export function isSameContent(a: ProgramFile, b: ProgramFile): boolean {
  if (a.sizeBytes !== b.sizeBytes) return false;
  const [left, right] = [Buffer.alloc(chunkSizeBytes), Buffer.alloc(chunkSizeBytes)];
  for (let at = 0; at < a.sizeBytes; at += chunkSizeBytes) {
    const length = readSync(a.fd, left, 0, chunkSizeBytes, at);
    if (readSync(b.fd, right, 0, chunkSizeBytes, at) !== length) return false;
    if (!left.subarray(0, length).equals(right.subarray(0, length))) return false;
  }
  return true;
}
