import { mkdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryName } from './names.js';

/** What one look at a file system's clock told: it showed `shownMs` at some moment between two of ours. */
export interface Reading {
  beforeMs: number;
  shownMs: number;
  afterMs: number;
}

/** A busy host takes longer to be told the time; it asks again. */
const quickMs = 1000;
const readings = 5;

/**
 * How far the clock of a file system is ahead of this host's, in whole seconds as milliseconds. On a shared
 * volume times of files are the server's, and hosts disagree: only ages on this one clock can be compared.
 *
 * Making a directory asks for it, which also makes an NFS client forget what it believes of the one around
 * it: what is looked at next is what the server has.
 */
export async function clockOffsetMs(directory: string, object: string): Promise<number> {
  const taken: Reading[] = [];
  do taken.push(await read(directory, object));
  while (taken.length < readings && taken.every((reading) => widthOf(reading) > quickMs));
  return offsetOf(taken);
}

async function read(directory: string, object: string): Promise<Reading> {
  const probe = join(directory, temporaryName(object));
  const beforeMs = Date.now();
  await mkdir(probe);
  const afterMs = Date.now();
  try {
    return { beforeMs, shownMs: (await stat(probe)).mtimeMs, afterMs };
  } finally {
    await rmdir(probe);
  }
}

/** The least difference that explains the quickest reading: one that was slow is not taken for a wrong clock. */
export function offsetOf(taken: readonly Reading[]): number {
  const [best] = taken.toSorted((a, b) => widthOf(a) - widthOf(b));
  if (best === undefined) return 0;
  const { beforeMs, shownMs, afterMs } = best;
  const difference = Math.min(shownMs - beforeMs, 0) + Math.max(shownMs - afterMs, 0);
  return Math.round(difference / 1000) * 1000;
}

function widthOf({ beforeMs, afterMs }: Reading): number {
  return afterMs - beforeMs;
}
