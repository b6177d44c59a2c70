import type { SeenFinding } from './finding.js';

/** What an act has to come to. */
export interface Expectation {
  /** The rule that must see it; of a benign act any rule's finding is one too many. */
  readonly rule: string;
  readonly class: 'plain' | 'evasive' | 'signal' | 'benign';
  /** One finding and no more. */
  readonly isOnce: boolean;
}

/** An act that was performed. */
export interface Performance {
  /** Of its first process, as the host numbers it; what it starts belongs to it. */
  readonly pid: number;
  /** 0: the act happened. 77: it is impossible here. Anything else: the program is broken. */
  readonly status: number;
  /** What it said on stderr, its last line. */
  readonly reason: string;
  /** Seconds of the monotonic clock. */
  readonly began: number;
  readonly ended: number;
}

/**
 * `quiet` and `false` are of benign acts: none, or at least one finding. `repeated`: several findings of an act that
 * is to cause one. `broken`: the program did not do what it is for, so that nothing is said of detection.
 */
export type Outcome = 'seen' | 'missed' | 'repeated' | 'impossible' | 'broken' | 'quiet' | 'false';

export interface Verdict {
  readonly outcome: Outcome;
  /** Who saw it: `TRC-2 traceme, ptrace on trampoline`; other rules too. */
  readonly by: readonly string[];
  /** Why it is impossible or broken; empty otherwise. */
  readonly reason: string;
}

/** The status of a program whose act is impossible here. */
const impossibleStatus = 77;

/**
 * The findings that each performance caused: those of its processes, and, where a process had lost its parents by
 * then, those of its time. Performances do not overlap.
 */
export function attribute(
  findings: readonly SeenFinding[],
  performances: readonly Performance[],
): Map<Performance, SeenFinding[]> {
  const result = new Map<Performance, SeenFinding[]>(performances.map((one) => [one, []]));
  for (const finding of findings) {
    const cause =
      performances.find(({ pid }) => finding.pids.includes(pid)) ??
      performances.find(({ began, ended }) => began <= finding.at && finding.at <= ended);
    if (cause !== undefined) result.get(cause)?.push(finding);
  }
  return result;
}

/** What a performance came to. */
export function judge(
  expected: Expectation,
  { status, reason }: Performance,
  findings: readonly SeenFinding[],
): Verdict {
  if (status === impossibleStatus) return { outcome: 'impossible', by: [], reason };
  const by = [...new Set(findings.map((finding) => describe(finding, expected.class === 'benign')))];
  if (status !== 0) return { outcome: 'broken', by, reason: `status ${status}${reason && `: ${reason}`}` };
  return { outcome: outcomeOf(expected, findings), by, reason: '' };
}

function outcomeOf(expected: Expectation, findings: readonly SeenFinding[]): Outcome {
  const told = findings.filter(({ isSignal }) => !isSignal || expected.class === 'signal');
  if (expected.class === 'benign') return told.length === 0 ? 'quiet' : 'false';
  const own = told.filter(({ rule }) => rule === expected.rule);
  if (own.length === 0) return 'missed';
  return expected.isOnce && own.length > 1 ? 'repeated' : 'seen';
}

/** Of a benign act the program too: it is not the attack's, which is known. */
function describe(finding: SeenFinding, withProcess: boolean): string {
  const { rule, sight, isSignal, event, hook } = finding;
  const name = sight === '' ? rule : `${rule} ${sight}`;
  const process = withProcess ? `, ${finding.process}` : '';
  return `${name}${isSignal ? ' (signal)' : ''}, ${event} on ${hook}${process}`;
}
