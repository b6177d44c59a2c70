import type { ArgumentValue, TracedEvent } from '../events/record.js';

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** What users and tools know a rule by. */
export interface RuleMetadata {
  /** `TRC-2`: stable over versions. */
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly severity: Severity;
  readonly mitre: { readonly tactic: string; readonly technique: string; readonly id: string };
}

/** Events a rule wants, narrowed declaratively so that others never reach it. All that is named must hold. */
export interface EventSelector {
  readonly event: string;
  /** Each named argument has one of these values, as recorded (numbers, not names). */
  readonly where?: Readonly<Record<string, readonly ArgumentValue[]>>;
  /** Each named argument has at least one of these bits. */
  readonly bits?: Readonly<Record<string, number>>;
  /**
   * The file is called one of these, by the name that it has in its directory. Only the kernel looks, and only
   * where all that is selected of the event has names of at most 15 bytes: the rule looks again.
   */
  readonly names?: readonly string[];
}

/** One way to see a behaviour: all of its events are needed. */
export interface Way {
  readonly events: readonly EventSelector[];
  /** What cannot be seen this way, in a clause for people: "writes by io_uring". */
  readonly blindTo?: string;
}

/** Why a rule fired, in words for people and in data for programs. */
export interface Match {
  /** One clause that follows the process's name: "asked to be traced by its parent". */
  readonly summary: string;
  /** The two or three facts it rests on. */
  readonly facts: readonly string[];
  readonly data?: Readonly<Record<string, ArgumentValue>>;
  /**
   * Matches of one rule with the same key are the same finding, told once and then counted. Where it is
   * missing: the process and the summary.
   */
  readonly key?: string;
}

/** One behaviour that a rule looks for. */
export interface Sight {
  /** `traceme`: unique within the rule, part of exceptions. */
  readonly id: string;
  /** What is looked for, in a clause for `--list --verbose`. */
  readonly description: string;
  /** In order of preference: the first whose events this kernel serves is used, and only that. */
  readonly ways: readonly Way[];
  /** Too weak to be told alone: informational, and only with `--signals`. */
  readonly isSignal?: true;
  /** Called for each selected event, of whichever way is in use. Must return within milliseconds. */
  readonly detect: (event: TracedEvent, context: RuleContext) => Match | undefined;
}

/** A rule: metadata, and the behaviours that it looks for. */
export interface Rule {
  readonly metadata: RuleMetadata;
  readonly sights: readonly Sight[];
}

/** A bounded memory of a rule: the oldest entry makes room, and entries expire. */
export interface RuleState<V> {
  /** Undefined after expiry. */
  get(key: string): V | undefined;
  /** Sets, and begins the time of the entry anew. */
  set(key: string, value: V): void;
  delete(key: string): void;
}

/** What a rule may use besides the event. */
export interface RuleContext {
  /** The rule's own memory under this name, shared by its sights; the first caller's bounds hold. */
  readonly state: <V>(
    name: string,
    bounds: { readonly expiryMs: number; readonly capacity: number },
  ) => RuleState<V>;
  /**
   * Asks again after a while, for what only the next moment shows (did the child execute?). Dropped, and
   * counted, where too many wait already.
   */
  readonly later: (delayMs: number, check: () => Match | undefined) => void;
}

/** What the engine delivers: a match with its rule and its event. */
export interface Finding extends Match {
  readonly rule: RuleMetadata;
  readonly sight: Sight;
  readonly event: TracedEvent;
}

/** Gives a rule file its types: `export default defineRule({ … })`. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
