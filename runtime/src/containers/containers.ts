import { access } from 'node:fs/promises';
import type { Container } from '../events/container.js';
import { claimOf, type ContainerClaim } from './cgroup-path.js';
import { Cgroups, type Witness } from './cgroups.js';
import { describeContainer, type EnginePlaces } from './engines.js';
import type { Hierarchy } from './hierarchy.js';

export interface ContainersOptions {
  readonly hierarchy: Hierarchy | undefined;
  /** Without, no names are looked up. */
  readonly places?: EnginePlaces | undefined;
}

/** What is kept of cgroups; what is seen again later is looked up again. */
const maxGroups = 4096;

/** How often containers that have ended are looked for. */
const sweepMs = 10_000;

/** An engine that has not answered by then is not waited for any longer. */
const lookupMs = 2000;

/** A cgroup that nothing leads to, at this moment, is not looked for again before. */
const retryMs = 1000;
const never = 0;

interface KnownContainer {
  readonly path: string;
  container: Omit<Container, 'nested'>;
}

/** A cgroup that was looked up. */
interface Group {
  readonly known: KnownContainer | undefined;
  readonly nested: readonly string[];
  /** When to look again for one that nothing led to, by performance.now(). */
  readonly retryAt: number;
  /** As it was told last. */
  told: Container | undefined;
}

/** Tells which container a cgroup belongs to. Never waits: names that an engine has to be asked for come later. */
export class Containers implements Disposable {
  readonly #cgroups: Cgroups | undefined;
  readonly #options: ContainersOptions;
  readonly #groups = new Map<bigint, Group>();
  readonly #known = new Map<string, KnownContainer>();
  #existing: ReadonlySet<string> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ContainersOptions) {
    this.#options = options;
    this.#cgroups = options.hierarchy && new Cgroups(options.hierarchy);
    this.#timer = setInterval(() => void this.#sweep(), sweepMs).unref();
  }

  get hierarchy(): Hierarchy | undefined {
    return this.#options.hierarchy;
  }

  /** Remembers which containers there are: all others are new. Where not all cgroups are to be seen, none is. */
  noteExisting(): void {
    const paths = this.#cgroups?.list();
    if (paths !== undefined) this.#existing = new Set(paths.flatMap((path) => claimOf(path)?.path ?? []));
  }

  /** Whether a cgroup was found, so that no more will be known of it. */
  isFound(cgroupId: bigint): boolean {
    return this.#groups.get(cgroupId)?.retryAt === never;
  }

  /** The container of a process, by its cgroup. The same object as long as nothing more is known. */
  of(cgroupId: bigint, witness: Witness): Container | undefined {
    let group = this.#groups.get(cgroupId);
    if (group === undefined || (group.retryAt !== never && performance.now() >= group.retryAt)) {
      group = this.#lookUp(cgroupId, witness);
    }
    const { known, nested } = group;
    if (known === undefined) return undefined;
    if (group.told?.name !== known.container.name || group.told?.isSettled !== known.container.isSettled) {
      group.told = { ...known.container, nested };
    }
    return group.told;
  }

  /** Calls this whenever more is known of some container: its engine has answered, or will not. */
  onSettled(listener: () => void): void {
    this.#listeners.add(listener);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#cgroups?.[Symbol.dispose]();
  }

  #lookUp(cgroupId: bigint, witness: Witness): Group {
    const path = this.#cgroups?.find(cgroupId, witness);
    const claim = path === undefined ? undefined : claimOf(path);
    const isLost = path === undefined && this.#cgroups !== undefined;
    const group: Group = {
      known: claim && this.#know(claim),
      nested: claim?.nested ?? [],
      retryAt: isLost ? performance.now() + retryMs : never,
      told: undefined,
    };
    this.#groups.delete(cgroupId);
    this.#groups.set(cgroupId, group);
    forgetOldest(this.#groups);
    return group;
  }

  #know({ path, id, engine }: ContainerClaim): KnownContainer {
    const before = this.#known.get(path);
    if (before !== undefined) return before;
    const uid = this.#cgroups?.ownerOf(path);
    const { places } = this.#options;
    /* Nobody but root makes the containers that a host's engines keep. */
    const isAsked = places !== undefined && uid === 0;
    const owner = uid === 0 ? undefined : uid;
    const isOld = this.#existing?.has(path) ?? true;
    const unnamed = { name: undefined, image: undefined };
    const container = { id, engine, owner, ...unnamed, isOld, isSettled: !isAsked };
    const known: KnownContainer = { path, container };
    this.#known.set(path, known);
    forgetOldest(this.#known);
    if (isAsked) void this.#describe(known, places);
    return known;
  }

  async #describe(known: KnownContainer, places: EnginePlaces): Promise<void> {
    const { id, engine } = known.container;
    const found = await withinTime(describeContainer(id, engine, places), lookupMs);
    known.container = { ...known.container, ...found, isSettled: true };
    for (const listener of this.#listeners) listener();
  }

  /** Forgets what has ended. */
  async #sweep(): Promise<void> {
    const cgroups = this.#cgroups;
    if (cgroups?.hierarchy.isWhole !== true) return;
    const ended = new Set<KnownContainer>();
    for (const known of this.#known.values()) {
      const isThere = await access(cgroups.placeOf(known.path)).then(
        () => true,
        () => false,
      );
      if (!isThere) ended.add(known);
    }
    for (const { path } of ended) this.#known.delete(path);
    for (const [id, { known }] of this.#groups) {
      if (known !== undefined && ended.has(known)) this.#groups.delete(id);
    }
  }
}

function forgetOldest<K>(map: Map<K, unknown>): void {
  if (map.size <= maxGroups) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
