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

/** Events a rule wants, narrowed declaratively so that others never reach it. */
export interface EventSelector {
  readonly event: string;
  /** Each named argument has one of these values, as recorded (numbers, not names). */
  readonly where?: Readonly<Record<string, readonly ArgumentValue[]>>;
}

/** Why a rule fired, in words for people and in data for programs. */
export interface Match {
  /** One clause that follows the process's name: "asked to be traced by its parent". */
  readonly summary: string;
  /** The two or three facts it rests on. */
  readonly facts: readonly string[];
  readonly data?: Readonly<Record<string, ArgumentValue>>;
}

/** A rule: metadata, the events it needs, and a pure function from event to match. */
export interface Rule {
  readonly metadata: RuleMetadata;
  readonly events: readonly EventSelector[];
  readonly detect: (event: TracedEvent) => Match | undefined;
}

/** What the engine delivers: a match with its rule and its event. */
export interface Finding extends Match {
  readonly rule: RuleMetadata;
  readonly event: TracedEvent;
}

/** Gives a rule file its types: `export default defineRule({ … })`. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
