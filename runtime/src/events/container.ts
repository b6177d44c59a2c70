/** What makes containers. `unknown`: the cgroup is that of some engine's container, and does not say whose. */
export type EngineName = 'docker' | 'podman' | 'containerd' | 'cri-o' | 'unknown';

/** The container of a process, as it is known at this moment: what its engine calls it comes later than its id. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly engine: EngineName;
  readonly name: string | undefined;
  readonly image: string | undefined;
  /** Who made its cgroup, where that is not root: that user says that it is this container, and nobody else. */
  readonly owner: number | undefined;
  /** Containers within it that the process is in too, outermost first. */
  readonly nested: readonly string[];
  /** It was there before tracing began. */
  readonly isOld: boolean;
  /** False while its engine is asked. */
  readonly isSettled: boolean;
}

/** As people and the original write it: the first twelve digits. */
export function shortId({ id }: Container): string {
  return id.slice(0, 12);
}
