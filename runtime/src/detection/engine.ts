import { TraceeError } from '../errors.js';
import { findEvent } from '../events/catalogue/index.js';
import type { ArgumentValue, TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { kernelFilter, type KernelFilter } from './kernel-filter.js';
import type { EventSelector, Finding, Match, Rule, RuleContext, Sight } from './rule.js';

export interface EngineOptions {
  readonly rules: readonly Rule[];
  readonly onFinding: (finding: Finding) => void;
  /** A rule threw; the others go on. Told once per rule. */
  readonly onRuleError: (error: TraceeError) => void;
}

/** A sight of a rule and what it selected of one event. */
interface Listener {
  readonly rule: Rule;
  readonly sight: Sight;
  readonly selectors: readonly EventSelector[];
}

const noContext: RuleContext = {
  state: () => ({ get: () => undefined, set: () => undefined, delete: () => undefined }),
  later: () => undefined,
};

/** Hands each rule the events that it selected, and nothing else. */
export class Engine {
  readonly #listeners = new Map<string, Listener[]>();
  readonly #options: EngineOptions;
  readonly #failed = new Set<Rule>();

  /** Throws RULE_FAILED for a rule that selects an event or argument that does not exist. */
  constructor(options: EngineOptions) {
    this.#options = options;
    for (const rule of options.rules) {
      for (const sight of rule.sights) this.#listen(rule, sight);
    }
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

  handle(event: TracedEvent): void {
    for (const { rule, sight, selectors } of this.#listeners.get(event.definition.name) ?? []) {
      if (!selectors.some((selector) => isSelected(selector, event))) continue;
      const match = this.#ask(rule, sight, event);
      if (match !== undefined) this.#options.onFinding({ ...match, rule: rule.metadata, sight, event });
    }
  }

  #listen(rule: Rule, sight: Sight): void {
    const selected = sight.ways[0]?.events ?? [];
    for (const selector of selected) requireSelectable(rule, selector);
    for (const name of new Set(selected.map(({ event }) => event))) {
      const listeners = this.#listeners.get(name) ?? [];
      listeners.push({ rule, sight, selectors: selected.filter(({ event }) => event === name) });
      this.#listeners.set(name, listeners);
    }
  }

  #ask(rule: Rule, sight: Sight, event: TracedEvent): Match | undefined {
    try {
      return sight.detect(event, noContext);
    } catch (cause) {
      if (this.#failed.has(rule)) return undefined;
      this.#failed.add(rule);
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#options.onRuleError(
        new TraceeError('RULE_FAILED', `rule ${rule.metadata.id} failed: ${message}`, {
          hint: 'the other rules run on; report this with the event',
          cause,
        }),
      );
      return undefined;
    }
  }
}

function isSelected(selector: EventSelector, event: TracedEvent): boolean {
  return Object.entries(selector.where ?? {}).every(([name, values]) => {
    const argument = event.arguments.find((one) => one.definition.name === name);
    return argument !== undefined && values.some((value) => isSame(value, argument.value));
  });
}

/** A number is the same as a number or as a bigint. */
function isSame(wanted: ArgumentValue, recorded: ArgumentValue): boolean {
  if (typeof wanted === 'bigint' && typeof recorded === 'number') return wanted === BigInt(recorded);
  if (typeof wanted === 'number' && typeof recorded === 'bigint')
    return Number.isInteger(wanted) && BigInt(wanted) === recorded;
  return wanted === recorded;
}

function requireSelectable(rule: Rule, selector: EventSelector): void {
  const definition = findEvent(selector.event);
  const missing =
    definition === undefined
      ? `the event ${selector.event}`
      : Object.keys(selector.where ?? {})
          .filter((name) => !definition.arguments.some((argument) => argument.name === name))
          .map((name) => `the argument ${selector.event}.${name}`)[0];
  if (missing === undefined) return;
  throw new TraceeError('RULE_FAILED', `rule ${rule.metadata.id} selects ${missing}, which does not exist`, {
    hint: 'tracee trace --list names all events and their arguments',
  });
}
