import { storages } from '../../events/layout.js';
import type { TracedEvent } from '../../events/record.js';
import { bigintIn, numberIn, textIn } from '../support/arguments.js';
import { isHostRoot, isHostTemporary } from '../support/memory-mounts.js';

/** A file that is on no disk, as an event's arguments name it. */
export interface NamelessFile {
  readonly path: string;
  readonly storage: number;
  readonly dev: number;
  readonly inode: bigint;
  /** 0 where the event does not say. */
  readonly sizeBytes: number;
}

/** `storage` of the events that a rule wants. */
export const namelessStorages = [storages.unlinked, storages.memory, storages.tmpfs];

/** Undefined where the event lacks what identifies the file. */
export function namelessFileOf(event: TracedEvent): NamelessFile | undefined {
  const storage = numberIn(event, 'storage');
  const dev = numberIn(event, 'dev');
  const inode = bigintIn(event, 'inode');
  if (storage === undefined || dev === undefined || inode === undefined) return undefined;
  const path = textIn(event, 'pathname') ?? '';
  return { path, storage, dev, inode, sizeBytes: numberIn(event, 'size') ?? 0 };
}

/** Where everything is in memory, it says nothing of a program that it is. */
export function isEverythingInMemory({ storage, dev }: NamelessFile): boolean {
  return storage === storages.tmpfs && isHostRoot(dev);
}

/** In the host's directory for temporary files, which on many systems is in memory. */
export function isTemporary({ storage, dev }: NamelessFile): boolean {
  return storage === storages.tmpfs && isHostTemporary(dev);
}

/** Follows a verb: "a program that exists in memory only (memfd:x)". */
export function describe({ storage, path }: NamelessFile, what = 'a program'): string {
  switch (storage) {
    case storages.memory:
      return `${what} that exists in memory only (${path})`;
    case storages.unlinked:
      return `${what} whose file has no name any more (was ${path})`;
    default:
      return `${what} on a file system in memory (${path})`;
  }
}

/** Where the bytes are, as a fact of a finding. */
export function describeStorage({ storage, inode }: NamelessFile): string {
  switch (storage) {
    case storages.memory:
      return `inode ${inode} is on a file system of the kernel's own, as a memfd's: no path leads there`;
    case storages.unlinked:
      return `inode ${inode} is in no directory: it was deleted, or created without a name`;
    default:
      return `inode ${inode} is on a tmpfs or its like, or on an overlay above one`;
  }
}

/**
 * The same file executed, mapped and deleted by a process is one finding. By a process, since file systems in
 * memory give numbers out again as soon as they are free.
 */
export function keyOf(
  { hostPid, startTime }: TracedEvent,
  { dev, inode }: { readonly dev: number; readonly inode: bigint },
): string {
  return `file ${dev} ${inode} of ${hostPid} ${startTime}`;
}
