import type { Finding } from '../detection/rule.js';
import type { TracedEvent } from '../events/record.js';

/** What is known and shall cause no finding. All that is named must hold. */
export interface ExceptionEntry {
  /** Id of the rule. */
  readonly rule: string;
  readonly sight?: string;
  /** Path of the program file. */
  readonly executable?: string;
  readonly comm?: string;
  /** Real user id. */
  readonly uid?: number;
  /** Command name of the nearest ancestor. */
  readonly parent?: string;
  /** Why it is known; shown by `tracee rules check`. */
  readonly reason?: string;
  /** Over the event. Undefined: it rests on something that was not recorded. */
  readonly condition?: (event: TracedEvent) => boolean | undefined;
}

export function matchesException(finding: Finding, entry: ExceptionEntry): boolean {
  const { event, rule, sight } = finding;
  const parent = event.ancestors.find(({ hostPid }) => hostPid !== event.hostPid);
  return (
    entry.rule === rule.id &&
    isSameOrAny(entry.sight, sight.id) &&
    isSameOrAny(entry.executable, event.executable) &&
    isSameOrAny(entry.comm, event.comm) &&
    isSameOrAny(entry.uid, event.uid) &&
    isSameOrAny(entry.parent, parent?.comm) &&
    (entry.condition === undefined || entry.condition(event) === true)
  );
}

function isSameOrAny<T>(wanted: T | undefined, met: T | undefined): boolean {
  return wanted === undefined || wanted === met;
}
