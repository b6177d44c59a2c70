import { Engine } from '../../src/detection/engine.js';
import type { EventSelector, Finding, Match, Rule, RuleContext, Sight } from '../../src/detection/rule.js';
import type { TraceeError } from '../../src/errors.js';
import type { TracedEvent } from '../../src/events/record.js';

export const match: Match = { summary: 'did it', facts: ['it was seen'] };

export type Detect = (event: TracedEvent, context: RuleContext) => Match | undefined;

/** A rule of a test with these sights. */
export function ruleOf(id: string, ...sights: Sight[]): Rule {
  return {
    metadata: {
      id,
      version: '1.0.0',
      name: `rule ${id}`,
      description: 'a rule of a test',
      tags: [],
      severity: 'low',
      mitre: { tactic: 'Execution', technique: 'User Execution', id: 'T1204' },
    },
    sights,
  };
}

/** A rule with one sight that has one way. */
export function rule(id: string, events: readonly EventSelector[], detect: Detect = () => match): Rule {
  return ruleOf(id, { id: 'sight', description: 'what a test looks for', ways: [{ events }], detect });
}

/** An engine with what it told. */
export function engineWith(...rules: Rule[]): {
  engine: Engine;
  findings: Finding[];
  errors: TraceeError[];
  slow: TraceeError[];
} {
  const findings: Finding[] = [];
  const errors: TraceeError[] = [];
  const slow: TraceeError[] = [];
  const engine = new Engine({
    rules,
    onFinding: (finding) => findings.push(finding),
    onRuleError: (error) => errors.push(error),
    onRuleSlow: (error) => slow.push(error),
  });
  return { engine, findings, errors, slow };
}

/** A finding of a test's rule on an event. */
export function findingOn(event: TracedEvent, more: Partial<Finding> = {}): Finding {
  const one = rule('A', [{ event: event.definition.name }]);
  const [sight] = one.sights;
  if (sight === undefined) throw new RangeError('the rule has no sight');
  return { ...match, rule: one.metadata, sight, event, ...more };
}
