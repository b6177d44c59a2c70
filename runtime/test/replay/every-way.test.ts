import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import type { Rule } from '../../src/detection/rule.js';
import { byEveryWay } from '../../src/replay/every-way.js';
import { recordedEvent } from '../events/record-encoder.js';

test('a rule sees the events of all of its ways, whatever the recording has of them', () => {
  const rule: Rule = {
    metadata: {
      ...{ id: 'A-1', version: '1', name: 'a', description: 'a', tags: [], severity: 'low' },
      mitre: { tactic: 'a', technique: 'a', id: 'T1' },
    },
    sights: [
      {
        id: 'a',
        description: 'a',
        ways: [
          { events: [{ event: 'security_ptrace_traceme' }] },
          { events: [{ event: 'ptrace', where: { request: [0] } }] },
        ],
        detect: (event) => ({ summary: event.definition.name, facts: [] }),
      },
    ],
  };
  const seen: string[] = [];
  const engine = new Engine({
    rules: [byEveryWay(rule)],
    onFinding: ({ summary }) => seen.push(summary),
    onRuleError: (error) => assert.fail(error),
  });
  engine.handle(recordedEvent({ event: 'ptrace', args: { request: 0 } }));
  engine.handle(recordedEvent({ event: 'ptrace', args: { request: 1 } }));
  engine.handle(recordedEvent({ event: 'security_ptrace_traceme', args: { parent_pid: 1 } }));
  assert.deepEqual(seen, ['ptrace', 'security_ptrace_traceme']);
});
