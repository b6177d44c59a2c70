import { matchesException, type ExceptionEntry } from '../detection/exception.js';
import type { Finding } from '../detection/rule.js';
import type { TracedEvent } from '../events/record.js';

/** An exception as it stands in a file of rules. */
export interface UserException {
  readonly entry: ExceptionEntry;
  /** Why it is there, for people. */
  readonly reason?: string;
  /** Must hold beside the entry. False too where it rests on something that was not recorded. */
  readonly condition?: (event: TracedEvent) => boolean;
}

/** Whether the user wants to hear nothing of such findings. A condition that throws excuses nothing. */
export function isExcusedBy(finding: Finding, { entry, condition }: UserException): boolean {
  if (!matchesException(finding, entry)) return false;
  try {
    return condition === undefined || condition(finding.event);
  } catch {
    // A division by zero on what an attacker chose must not hide the finding, nor end the program.
    return false;
  }
}
