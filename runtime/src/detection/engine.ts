import type { TraceeError } from '../errors.js';
import { findEvent } from '../events/catalogue/index.js';
import type { TracedEvent } from '../events/record.js';
import type { Standing } from '../events/standing.js';
import type { EventDefinition } from '../events/types.js';
import { kernelFilter, type KernelFilter } from './kernel-filter.js';
import type { EventSelector, Finding, Rule, Sight } from './rule.js';
import { RuleRunner, type RuleHealth } from './rule-runner.js';
import { isSelected, requireSelectable } from './selector.js';
import { chooseWay, type SightCoverage } from './ways.js';

export interface EngineOptions {
  readonly rules: readonly Rule[];
  /** Look also for what is too weak to be told alone. */
  readonly withSignals?: boolean;
  readonly onFinding: (finding: Finding) => void;
  /** A rule threw; the others go on. Told once per rule. */
  readonly onRuleError: (error: TraceeError) => void;
  /** A rule keeps its own events waiting, those of others no longer. Told once per rule. */
  readonly onRuleSlow?: (error: TraceeError) => void;
}

/** A sight of a rule and what it selected of one event. */
interface Listener {
  readonly runner: RuleRunner;
  readonly sight: Sight;
  readonly selectors: readonly EventSelector[];
}

/** What waits when the engine ends has so long. */
const finishMs = 1000;

/**
 * Hands each rule the events that it selected, and nothing else. Each sight listens to its first way until
 * {@link Engine.choose} knows better.
 */
export class Engine {
  readonly #runners: readonly RuleRunner[];
  readonly #withSignals: boolean;
  #coverage: readonly SightCoverage[] = [];
  #listeners: ReadonlyMap<string, readonly Listener[]> = new Map();

  /** Throws RULE_FAILED for a rule that selects an event or argument that does not exist. */
  constructor(options: EngineOptions) {
    const { onFinding, onRuleError: onError, onRuleSlow: onSlow = () => undefined } = options;
    this.#runners = options.rules.map((rule) => new RuleRunner(rule, { onFinding, onError, onSlow }));
    this.#withSignals = options.withSignals ?? false;
    for (const rule of options.rules) requireWays(rule);
    this.choose(() => ({ is: 'served' }));
  }

  /** Every event of every way, whether or not this kernel serves it. */
  get candidates(): readonly EventDefinition[] {
    const named = this.#sights().flatMap(({ sight }) => sight.ways.flatMap(({ events }) => events));
    return [...new Set(named.flatMap(({ event }) => findEvent(event) ?? []))];
  }

  /** Takes for each sight the best way that stands. May be called again; what rules remember stays. */
  choose(standingOf: (event: EventDefinition) => Standing): void {
    const listeners = new Map<string, Listener[]>();
    this.#coverage = this.#sights().map(({ runner, sight }) => {
      const covered = chooseWay(runner.rule, sight, standingOf);
      const selected = covered.way?.events ?? [];
      for (const name of new Set(selected.map(({ event }) => event))) {
        const selectors = selected.filter(({ event }) => event === name);
        listeners.set(name, [...(listeners.get(name) ?? []), { runner, sight, selectors }]);
      }
      return covered;
    });
    this.#listeners = listeners;
  }

  /** How each sight sees since the last choice. */
  get coverage(): readonly SightCoverage[] {
    return this.#coverage;
  }

  /** Events that the rules need together, each with what the kernel can decide by itself. */
  get wanted(): ReadonlyMap<EventDefinition, KernelFilter | undefined> {
    return new Map(
      [...this.#listeners].flatMap(([name, listeners]) => {
        const event = findEvent(name);
        if (event === undefined) return [];
        const selected = listeners.flatMap(({ selectors }) => selectors);
        return [[event, kernelFilter(event, selected)] as const];
      }),
    );
  }

  /** Returns whether any rule looks at this event. */
  handle(event: TracedEvent): boolean {
    let isLookedAt = false;
    for (const { runner, sight, selectors } of this.#listeners.get(event.definition.name) ?? []) {
      if (!selectors.some((selector) => isSelected(selector, event))) continue;
      isLookedAt = true;
      runner.ask(sight, event);
    }
    return isLookedAt;
  }

  /** Ends what slow rules and checks for later still have to do; takes a second at most for each. */
  async finish(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.finish(finishMs)));
  }

  /** What each rule cost and missed. */
  get health(): readonly RuleHealth[] {
    return this.#runners.map((runner) => runner.health);
  }

  #sights(): { runner: RuleRunner; sight: Sight }[] {
    return this.#runners.flatMap((runner) =>
      runner.rule.sights
        .filter(({ isSignal }) => isSignal !== true || this.#withSignals)
        .map((sight) => ({ runner, sight })),
    );
  }
}

function requireWays(rule: Rule): void {
  for (const { ways } of rule.sights) {
    for (const { events } of ways) for (const selector of events) requireSelectable(rule, selector);
  }
}
