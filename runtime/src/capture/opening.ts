import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  statfsSync,
  type BigIntStats,
} from 'node:fs';
import type { CaptureRecord } from '../events/capture-record.js';
import { encodeText } from '../events/text.js';
import { kernelDevice } from '../host/device.js';
import { addressOf, callKernel } from '../libbpf/index.js';

/** A regular file that is open for reading. */
export interface OpenedFile {
  readonly fd: number;
  readonly status: BigIntStats;
}

/** O_PATH: names a file and does nothing to it, also where it is a device. */
const pathOnly = 0o10000000;

/** `stat` names another device than the kernel where files are on these (include/uapi/linux/magic.h). */
const renamingFileSystems = new Set([0x794c7630, 0x9123683e]);

/** openat2 and its RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT (Linux 5.6). */
const openat2 = 437;
const resolveInRoot = 0x02 | 0x10;
const openHowSize = 24;

/**
 * Opens the file that a record is about: by the process while it lives, else by its path in that mount namespace,
 * which other processes there lead to. What was opened is the file that the kernel has seen, or it is given back.
 * Undefined where that file cannot be reached any more.
 */
export function openRecorded(record: CaptureRecord, others: readonly number[]): OpenedFile | undefined {
  const { hostPid, descriptor, text, kind } = record;
  const own = kind === 'exec' ? `/proc/${hostPid}/exe` : `/proc/${hostPid}/fd/${descriptor}`;
  const roots = text.startsWith('/') ? rootsOf(record, others) : [];
  for (const path of [
    Buffer.from(own),
    ...roots.map((root) => Buffer.concat([Buffer.from(root), encodeText(text)])),
  ]) {
    const opened = openRegular(
      () => openSync(path, pathOnly),
      (status, place) => isRecorded(status, place, record),
    );
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** Opens a script by the name that its interpreter was given. Links are followed within the process's own root. */
export function openScript(record: CaptureRecord, others: readonly number[]): OpenedFile | undefined {
  const descriptor = /^\/dev\/fd\/(?<number>\d+)$/.exec(record.text)?.groups?.['number'];
  if (descriptor !== undefined) {
    return openRegular(() => openSync(`/proc/${record.hostPid}/fd/${descriptor}`, pathOnly));
  }
  for (const root of rootsOf(record, others)) {
    const opened = openRegular(() => openWithin(root, encodeText(record.text)));
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** Roots of processes of a mount namespace: its own, others that were seen there, and ours. */
function rootsOf({ hostPid, mountNamespace }: CaptureRecord, others: readonly number[]): string[] {
  const pids = [hostPid, ...others.filter((pid) => pid !== hostPid)];
  return [
    ...pids.filter((pid) => isIn(`/proc/${pid}`, mountNamespace)).map((pid) => `/proc/${pid}/root`),
    ...(isIn('/proc/self', mountNamespace) ? ['/proc/self/root'] : []),
  ];
}

/** Whether a process is in a mount namespace: its number may have been given out again. */
function isIn(directory: string, mountNamespace: number): boolean {
  try {
    return readlinkSync(`${directory}/ns/mnt`) === `mnt:[${mountNamespace}]`;
  } catch {
    return false; // it has ended
  }
}

/** `open` gives a descriptor that only names the file, so that nothing happens to what is no regular one. */
function openRegular(
  open: () => number,
  isWanted: (status: BigIntStats, place: number) => boolean = () => true,
): OpenedFile | undefined {
  let place: number | undefined;
  try {
    place = open();
    const status = fstatSync(place, { bigint: true });
    if (!status.isFile() || !isWanted(status, place)) return undefined;
    return { fd: openSync(`/proc/self/fd/${place}`, constants.O_RDONLY | constants.O_NONBLOCK), status };
  } catch {
    return undefined; // the process has ended, or its file is gone
  } finally {
    if (place !== undefined) closeSync(place);
  }
}

function isRecorded(status: BigIntStats, place: number, { inode, dev }: CaptureRecord): boolean {
  if (status.ino !== inode) return false;
  return (
    kernelDevice(status.dev) === dev || renamingFileSystems.has(statfsSync(`/proc/self/fd/${place}`).type)
  );
}

/** Links lead to no place outside of `root`, and none of procfs is followed. */
function openWithin(root: string, path: Buffer): number {
  const directory = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const how = Buffer.alloc(openHowSize);
    // O_CLOEXEC
    how.writeBigUInt64LE(BigInt(pathOnly | 0o2000000), 0);
    how.writeBigUInt64LE(BigInt(resolveInRoot), 16);
    const name = Buffer.concat([path, Buffer.alloc(1)]);
    const fd = callKernel(openat2, BigInt(directory), addressOf(name), addressOf(how), openHowSize);
    if (fd < 0) throw new Error('it cannot be opened');
    return fd;
  } finally {
    closeSync(directory);
  }
}
