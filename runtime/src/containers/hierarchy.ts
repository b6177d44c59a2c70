import { existsSync, readFileSync, statSync } from 'node:fs';
import { Btf, kernelBtfPath } from '../libbpf/index.js';

/** Which tree of cgroups tells containers apart on this host, and where it is mounted. */
export interface Hierarchy {
  /** Where it is mounted, below `host`. */
  readonly mount: string;
  /** The root of the host's files as this process sees it: nothing, or `/proc/1/root` where its own is another. */
  readonly host: string;
  /** All of it is there: a container with a cgroup namespace of its own sees a branch. */
  readonly isWhole: boolean;
  /** Of cgroup v1, the controller whose tree it is. */
  readonly controller: Controller | undefined;
}

/** A controller of cgroup v1. */
export interface Controller {
  readonly name: string;
  /** Its number in the kernel (`enum cgroup_subsys_id`). */
  readonly index: number;
}

/** Controllers for which every engine makes a cgroup, the one that the original looked at first. */
const tellingControllers = ['cpuset', 'pids', 'memory', 'devices', 'freezer', 'cpu'];

/** The root of a hierarchy has the first number that its file system gives out. */
const rootInode = 1n;

/**
 * Finds the hierarchy that engines use: that of cgroup v2, or where controllers of v1 are mounted one of those. The
 * mounts of process 1 are looked at where this process has but a part of them. Undefined where no cgroups are mounted.
 */
export function findHierarchy(
  proc = '/proc',
  numberOf: (controller: string) => number | undefined = numberInKernel,
): Hierarchy | undefined {
  const found = ['self', '1'].flatMap((process) => hierarchyOf(proc, process, numberOf) ?? []);
  return found.find(({ isWhole }) => isWhole) ?? found[0];
}

/** `/proc/cgroups` of newer kernels leaves out controllers that are of v2 alone: their numbers are in the kernel's types. */
function numberInKernel(controller: string): number | undefined {
  if (!existsSync(kernelBtfPath)) return undefined;
  using btf = Btf.kernel();
  return btf.enumValue('cgroup_subsys_id', `${controller}_cgrp_id`);
}

function hierarchyOf(
  proc: string,
  process: string,
  numberOf: (controller: string) => number | undefined,
): Hierarchy | undefined {
  const mounts = parseMounts(readText(`${proc}/${process}/mountinfo`));
  const controllers = parseControllers(readText(`${proc}/cgroups`));
  const prefix = process === 'self' ? '' : `${proc}/${process}/root`;
  for (const name of tellingControllers) {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(name));
    if (mount === undefined) continue;
    const index = numberOf(name) ?? controllers.indexOf(name);
    if (index < 0) continue;
    return { ...placeOf(prefix, mount.path), controller: { name, index } };
  }
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  return unified && { ...placeOf(prefix, unified.path), controller: undefined };
}

function placeOf(host: string, mount: string): Omit<Hierarchy, 'controller'> {
  try {
    return { host, mount, isWhole: statSync(host + mount, { bigint: true }).ino === rootInode };
  } catch {
    return { host, mount, isWhole: false };
  }
}

interface Mount {
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** `30 24 0:26 / /sys/fs/cgroup/cpuset rw,relatime shared:9 - cgroup cgroup rw,cpuset` */
function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place, kind] = line.split(' - ');
    const path = place?.split(' ')[4];
    const [type, , options] = kind?.split(' ') ?? [];
    if (path === undefined || type === undefined) return [];
    return [{ path: unescape(path), type, options: options?.split(',') ?? [] }];
  });
}

/** Spaces, tabs and the like are written as `\040`. */
function unescape(path: string): string {
  return path.replaceAll(/\\(?<code>[0-7]{3})/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 8)),
  );
}

/** `/proc/cgroups` has a line for each controller, with older kernels for all of them, in the order of their numbers (proc_cgroupstats_show()). */
function parseControllers(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t')[0] ?? '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
