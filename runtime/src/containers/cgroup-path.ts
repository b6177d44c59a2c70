import type { EngineName } from '../events/container.js';

/** What a cgroup's path says about a container. Whoever may make cgroups may make such a path: it is a claim. */
export interface ContainerClaim {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly engine: EngineName;
  /** The part of the path that names it: `/system.slice/docker-ID.scope`. */
  readonly path: string;
  /** Containers within it, outermost first: what it says about its own, which nobody outside has made. */
  readonly nested: readonly string[];
}

/** Longer paths are of no engine, and are not looked through. */
const maxPathLength = 4096;

/** How engines call the scopes that they have systemd make, and their directories where they make them themselves. */
const engineOfPrefix: Readonly<Record<string, EngineName>> = {
  docker: 'docker',
  libpod: 'podman',
  'libpod-payload': 'podman',
  crio: 'cri-o',
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
};

/** Directories whose entries are containers, and nothing else is called by a bare id. */
const engineOfParent: Readonly<Record<string, EngineName>> = {
  docker: 'docker',
  libpod_parent: 'podman',
  'k8s.io': 'containerd',
};

const component =
  /^(?:(?:[\w.-]+:)?(?<prefix>docker|libpod-payload|libpod|crio|cri-containerd|nerdctl)[-:])?(?<id>[0-9a-f]{64})(?:\.scope)?$/;

/**
 * The outermost container of a path. `/docker/ID`, `/system.slice/docker-ID.scope/init.scope`,
 * `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUID.slice/cri-containerd-ID.scope`, …; undefined
 * for what is no container's, such as the engine's own helpers (`libpod-conmon-ID.scope`).
 */
export function claimOf(path: string): ContainerClaim | undefined {
  if (path.length > maxPathLength) return undefined;
  const parts = path.split('/');
  const found = parts.flatMap((part, index) => {
    const groups = component.exec(part)?.groups;
    if (groups === undefined) return [];
    return [{ id: groups['id'] ?? '', prefix: groups['prefix'], index }];
  });
  const [first, ...rest] = found;
  if (first === undefined) return undefined;
  const { id, prefix, index } = first;
  const engine = prefix === undefined ? engineOfParent[parts[index - 1] ?? ''] : engineOfPrefix[prefix];
  return {
    id,
    engine: engine ?? 'unknown',
    path: parts.slice(0, index + 1).join('/'),
    nested: [...new Set(rest.map((one) => one.id))].filter((one) => one !== id),
  };
}
