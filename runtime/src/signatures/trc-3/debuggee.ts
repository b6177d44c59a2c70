import type { RuleContext, RuleState } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { readProcess } from '../support/process-state.js';

/** Which processes attached to which others, that were running already. */
function attachments(context: RuleContext): RuleState<true> {
  return context.state<true>('attached', { expiryMs: 3_600_000, capacity: 4096 });
}

/** Remembers that an event's process attached to a thread, by the number that it calls it. */
export function rememberAttached(event: TracedEvent, tid: number, context: RuleContext): void {
  attachments(context).set(keyOf(event, tid), true);
}

/**
 * Whether an event's process started the other one to debug it, and did not attach to it. One that has ended
 * was started, as far as anyone knows.
 *
 * @param tid As the event's process calls it.
 * @param hostPid Its number on the host, where that is known.
 */
export function isDebuggee(
  event: TracedEvent,
  tid: number,
  hostPid: number | undefined,
  context: RuleContext,
): boolean {
  if (attachments(context).get(keyOf(event, tid)) === true) return false;
  const state = hostPid === undefined ? undefined : readProcess(hostPid);
  return state === undefined || state.parent === event.hostPid;
}

function keyOf(event: TracedEvent, tid: number): string {
  return `${event.hostPid}:${event.startTime}:${tid}`;
}
