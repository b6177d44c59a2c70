import { readFileSync } from 'node:fs';

/** Settings that decide which capabilities the kernel asks for. */
export interface Limits {
  /** Hard limit of RLIMIT_MEMLOCK; Infinity where there is none. */
  readonly memlockBytes: number;
  /** kernel.perf_event_paranoid; -2 where it cannot be read. */
  readonly perfEventParanoid: number;
  /** In a user namespace of its own, where capabilities are none for bpf(). */
  readonly isInUserNamespace: boolean;
}

/** Those of this process. `root` is for tests. */
export function readLimits(root = ''): Limits {
  const memlock = /^Max locked memory\s+\S+\s+(\S+)/m.exec(read(`${root}/proc/self/limits`))?.[1];
  const paranoid = /^-?\d+/.exec(read(`${root}/proc/sys/kernel/perf_event_paranoid`))?.[0];
  // The initial namespace maps every id to itself.
  const map = read(`${root}/proc/self/uid_map`).trim().split(/\s+/);
  return {
    memlockBytes: memlock === undefined || memlock === 'unlimited' ? Infinity : Number(memlock),
    perfEventParanoid: paranoid === undefined ? -2 : Number(paranoid),
    isInUserNamespace: map.length > 1 && map.join(' ') !== '0 0 4294967295',
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // an older kernel, or hidden: as if nothing limited
  }
}
