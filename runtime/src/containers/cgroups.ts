import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { arch } from 'node:os';
import { addressOf, callKernel } from '../libbpf/index.js';
import type { Hierarchy } from './hierarchy.js';

/** A process that was seen in a cgroup, and its parent: they tell its path while they live. Numbers of the host. */
export interface Witness {
  readonly hostPid: number;
  readonly hostPpid: number;
}

const openByHandle = arch() === 'x64' ? 304 : 265;

/** FILEID_INO32_GEN (include/linux/exportfs.h), which cgroups of all versions take. */
const handleType = 1;
const handleSize = 8;

/** Far above what a host has; whoever may make cgroups must not hold up the start. */
const maxListed = 50_000;

/**
 * Finds cgroups by number: at once through the kernel, which opens a file by its handle for those with
 * CAP_DAC_READ_SEARCH, else through processes that are in it.
 */
export class Cgroups implements Disposable {
  readonly hierarchy: Hierarchy;
  readonly #mount: number;
  readonly #handle = Buffer.alloc(8 + handleSize);

  constructor(hierarchy: Hierarchy) {
    this.hierarchy = hierarchy;
    this.#mount = openDirectory(hierarchy.host + hierarchy.mount);
    this.#handle.writeUInt32LE(handleSize, 0);
    this.#handle.writeInt32LE(handleType, 4);
  }

  /** Its path from the root of the hierarchy; undefined where it is gone, or nothing that is left leads to it. */
  find(id: bigint, { hostPid, hostPpid }: Witness): string | undefined {
    return this.#pathByHandle(id) ?? this.#pathOfProcess(id, hostPid) ?? this.#pathOfProcess(id, hostPpid);
  }

  /** Paths of all cgroups; undefined where not all of them are to be seen. */
  list(): string[] | undefined {
    if (!this.hierarchy.isWhole) return undefined;
    const paths = [''];
    for (let at = 0; at < paths.length && paths.length < maxListed; at++) {
      const path = paths[at] ?? '';
      paths.push(...directoriesIn(this.placeOf(path)).map((name) => `${path}/${name}`));
    }
    return paths;
  }

  /** The directory of a cgroup. */
  placeOf(path: string): string {
    return `${this.hierarchy.host}${this.hierarchy.mount}${path}`;
  }

  /** Who made a cgroup, as far as this process can see. */
  ownerOf(path: string): number | undefined {
    if (!this.hierarchy.isWhole) return undefined;
    try {
      return statSync(this.placeOf(path)).uid;
    } catch {
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    if (this.#mount >= 0) closeSync(this.#mount);
  }

  #pathByHandle(id: bigint): string | undefined {
    if (this.#mount < 0) return undefined;
    this.#handle.writeBigUInt64LE(id, 8);
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK;
    const fd = callKernel(openByHandle, BigInt(this.#mount), addressOf(this.#handle), BigInt(flags));
    if (fd < 0) return undefined;
    try {
      const status = fstatSync(fd, { bigint: true });
      return isSame(status.ino, id) ? this.#belowRoot(readlinkSync(`/proc/self/fd/${fd}`)) : undefined;
    } catch {
      return undefined;
    } finally {
      closeSync(fd);
    }
  }

  /** What stands outside of the branch that is mounted here is told from the root all the same. */
  #belowRoot(path: string): string | undefined {
    if (path.endsWith(' (deleted)')) return undefined;
    const { mount } = this.hierarchy;
    if (path === mount) return '/';
    return path.startsWith(`${mount}/`) ? path.slice(mount.length) : path;
  }

  /** The number is compared, since the process may have gone elsewhere, or be another. */
  #pathOfProcess(id: bigint, pid: number): string | undefined {
    try {
      const path = this.#lineOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
      if (path === undefined) return undefined;
      const status = statSync(this.placeOf(path), { bigint: true });
      return isSame(status.ino, id) ? path : undefined;
    } catch {
      return undefined;
    }
  }

  /** `3:cpuset:/docker/ID` of a v1 controller, `0::/docker/ID` of v2. */
  #lineOf(text: string): string | undefined {
    const { controller } = this.hierarchy;
    const line = text.split('\n').find((one) => {
      const [number, names] = one.split(':', 2);
      return controller === undefined ? number === '0' : names?.split(',').includes(controller.name);
    });
    return line?.split(':').slice(2).join(':');
  }
}

function directoriesIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Before 5.5 the kernel counts how often a number was given out in the upper half, which `stat` does not have. */
function isSame(inode: bigint, id: bigint): boolean {
  return inode === id || (inode >> 32n === 0n && inode === BigInt.asUintN(32, id));
}

function openDirectory(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return -1;
  }
}
