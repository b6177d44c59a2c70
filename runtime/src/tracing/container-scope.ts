import { containerFacts } from '../events/scope-layout.js';
import type { Containers } from '../containers/containers.js';
import type { Container } from '../events/container.js';
import type { TracedEvent } from '../events/record.js';
import type { KernelConfig } from './kernel-config.js';
import { isNamed, type ContainerFilter } from './filters/container-filter.js';

/** PROC_PID_INIT_INO, include/linux/proc_ns.h: the pid namespace of the host. */
const hostPidNamespace = 0xeffffffc;

/** What the kernel was told is remembered of so many cgroups; of others it is told again. */
const maxTold = 4096;

/**
 * Decides what the kernel cannot: it lets an event of a cgroup through that it knows nothing of, and is told what the
 * runtime has found out, so that it decides by itself from then on.
 */
export class ContainerScope {
  readonly #filter: ContainerFilter;
  readonly #containers: Containers;
  readonly #config: KernelConfig;
  readonly #told = new Set<bigint>();

  constructor(filter: ContainerFilter, containers: Containers, config: KernelConfig) {
    this.#filter = filter;
    this.#containers = containers;
    this.#config = config;
  }

  /** Whether an event is wanted; undefined while a container's name is still being asked for. */
  passes(event: TracedEvent): boolean | undefined {
    if (event.isFollowed) return true;
    const { facts, known } = this.#factsOf(event.container);
    if (known === all && (event.container !== undefined || this.#containers.isFound(event.cgroupId)))
      this.#tellOnce(event.cgroupId, facts);
    return this.#decide(facts, known, event.pidNamespace !== hostPidNamespace);
  }

  /** As `passes_container_filter()` of `bpf/filters.h`, which has decided on what a pid namespace of its own says. */
  #decide(facts: number, known: number, hasNamespace: boolean): boolean | undefined {
    const decided = hasNamespace ? containerFacts.inside | containerFacts.fresh : 0;
    let isSure = true;
    for (const { values } of this.#filter.filters) {
      const [looked, wanted] = (values[0] ?? [0n, 0n]).map(Number) as [number, number];
      const left = looked & ~decided;
      if ((facts & left & known) !== (wanted & left & known)) return false;
      if ((left & ~known) !== 0) isSure = false;
    }
    return isSure ? true : undefined;
  }

  #factsOf(container: Container | undefined): { facts: number; known: number } {
    if (container === undefined) return { facts: 0, known: all };
    const isChosen = isNamed(container, this.#filter.chosen);
    const isExcluded = isNamed(container, this.#filter.excluded);
    return {
      facts:
        containerFacts.inside |
        (container.isOld ? 0 : containerFacts.fresh) |
        (isChosen === true ? containerFacts.chosen : 0) |
        (isExcluded === true ? containerFacts.excluded : 0),
      known:
        all &
        ~(isChosen === undefined ? containerFacts.chosen : 0) &
        ~(isExcluded === undefined ? containerFacts.excluded : 0),
    };
  }

  #tellOnce(cgroupId: bigint, facts: number): void {
    if (this.#told.has(cgroupId)) return;
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.add(cgroupId);
    this.#config.tellContainer(cgroupId, facts);
  }
}

const all = Object.values(containerFacts).reduce((bits, bit) => bits | bit, 0);
