import type { Expectation, Outcome, Verdict } from './verdict.js';

/** An act that was judged. */
export interface Judged {
  readonly id: string;
  readonly class: Expectation['class'];
  readonly verdict: Verdict;
}

/** How many of a class are right, of those that were possible; benign ones are right when they are quiet. */
export interface Tally {
  readonly right: number;
  readonly possible: number;
  readonly impossible: number;
}

/** Counts the acts of one class. */
export function tally(judged: readonly Judged[], actClass: Expectation['class']): Tally {
  const own = judged.filter((one) => one.class === actClass).map(({ verdict }) => verdict.outcome);
  const impossible = own.filter((outcome) => outcome === 'impossible').length;
  const right = own.filter((outcome) => outcome === 'seen' || outcome === 'quiet').length;
  return { right, possible: own.length - impossible, impossible };
}

/** The share of evasive acts that must be seen. */
const evasiveShare = 0.95;

const wrong: ReadonlySet<Outcome> = new Set(['broken', 'false', 'repeated']);

/** What does not hold, a sentence each. None: all plain acts are seen, 95 % of the evasive ones, and no benign one. */
export function shortcomings(judged: readonly Judged[]): string[] {
  const named = judged.flatMap(({ id, class: actClass, verdict: { outcome, by, reason } }) => {
    if (!wrong.has(outcome) && !(outcome === 'missed' && actClass === 'plain')) return [];
    const why = [reason, ...by].filter((word) => word !== '').join('; ');
    return [`${id} (${actClass}) is ${outcome}${why && `: ${why}`}`];
  });
  const { right, possible } = tally(judged, 'evasive');
  if (right >= possible * evasiveShare) return named;
  const missed = judged.filter((one) => one.class === 'evasive' && one.verdict.outcome === 'missed');
  const ids = missed.map(({ id }) => id).join(', ');
  return [...named, `${right} of ${possible} evasive acts are seen, not ${ids}`];
}
