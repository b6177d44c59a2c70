import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from '../events/container.js';
import { inspectContainer } from './docker-socket.js';
import { parseAnnotations, parseDocker, parseStorage, type Description } from './engine-state.js';
import { readRootFile } from './root-file.js';

/** Where the engines of a host keep what they know of their containers. */
export interface EnginePlaces {
  /** Docker's data, and the sockets that it may listen on. */
  readonly docker: { readonly root: string; readonly socket: string };
  /** Storage of podman and cri-o. */
  readonly podman: string;
  readonly containerd: string;
  readonly 'cri-o': string;
}

/** Where they do by themselves, below the root of the host as this process sees it. */
export function usualPlaces(root: string): EnginePlaces {
  return {
    docker: { root: `${root}/var/lib/docker`, socket: `${root}/run/docker.sock` },
    podman: `${root}/var/lib/containers/storage`,
    containerd: `${root}/run/containerd`,
    'cri-o': `${root}/run/containers/storage`,
  };
}

/** Far above what engines write of one container, and of a thousand (podman keeps them in one file). */
const maxBytes = 256 * 1024;
const maxTableBytes = 4 * 1024 * 1024;

/** Who may have made a container whose path says so, the likeliest first. */
const askedFor: Readonly<Record<EngineName, readonly Exclude<EngineName, 'unknown'>[]>> = {
  docker: ['docker'],
  podman: ['podman'],
  containerd: ['containerd'],
  'cri-o': ['cri-o'],
  unknown: ['containerd', 'docker', 'podman', 'cri-o'],
};

/** What the engine that has made a container says of it; undefined where none of this host knows it. */
export async function describeContainer(
  id: string,
  claimed: EngineName,
  places: EnginePlaces,
): Promise<Description | undefined> {
  for (const engine of askedFor[claimed]) {
    const found = await ask[engine](id, places);
    if (found !== undefined) return { engine, ...found };
  }
  return undefined;
}

type Answer = Omit<Description, 'engine'> | undefined;

const ask: Readonly<
  Record<Exclude<EngineName, 'unknown'>, (id: string, places: EnginePlaces) => Promise<Answer>>
> = {
  /* The file first: the engine answers only when it has done with starting the container. */
  docker: async (id, { docker }) =>
    parseDocker(await readRootFile(join(docker.root, 'containers', id, 'config.v2.json'), maxBytes)) ??
    parseDocker(await inspectContainer(docker.socket, id)),
  podman: async (id, places) => {
    for (const table of await tablesIn(places.podman)) {
      const found = parseStorage(await readRootFile(table, maxTableBytes), id);
      if (found !== undefined) return found;
    }
    return undefined;
  },
  containerd: async (id, places) => {
    const tasks = join(places.containerd, 'io.containerd.runtime.v2.task');
    for (const namespace of await namesIn(tasks)) {
      const found = parseAnnotations(await readRootFile(join(tasks, namespace, id, 'config.json'), maxBytes));
      if (found !== undefined) return found;
    }
    return undefined;
  },
  'cri-o': async (id, places) => {
    for (const directory of await containersOf(places['cri-o'])) {
      const path = join(directory, id, 'userdata/config.json');
      const found = parseAnnotations(await readRootFile(path, maxBytes));
      if (found !== undefined) return found;
    }
    return undefined;
  },
};

/** Containers that are removed when they end stand in a table of their own. */
async function tablesIn(storage: string): Promise<string[]> {
  const directories = await containersOf(storage);
  return directories.flatMap((one) => [join(one, 'containers.json'), join(one, 'volatile-containers.json')]);
}

/** A directory for each way to store images: `overlay-containers`, `vfs-containers`. */
async function containersOf(storage: string): Promise<string[]> {
  const names = await namesIn(storage);
  return names.filter((name) => name.endsWith('-containers')).map((name) => join(storage, name));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
