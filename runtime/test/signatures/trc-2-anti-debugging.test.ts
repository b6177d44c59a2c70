import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import type { Finding } from '../../src/detection/rule.js';
import { recordFlags } from '../../src/events/layout.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

function findingsOf(...records: RecordContent[]): Finding[] {
  const findings: Finding[] = [];
  const engine = new Engine({
    rules: [antiDebugging],
    onFinding: (finding) => findings.push(finding),
    onRuleError: (error) => assert.fail(error),
  });
  for (const record of records) engine.handle(recordedEvent(record));
  return findings;
}

const traceMe = { event: 'ptrace', args: { request: 0, pid: 0, addr: 0, data: 0 } } as const;

test('a process that asks to be traced is found, and that it worked is said', () => {
  const [finding, ...others] = findingsOf(traceMe);
  assert.deepEqual(others, []);
  assert.equal(finding?.rule.id, 'TRC-2');
  assert.equal(finding.rule.name, 'Anti-Debugging');
  assert.match(finding.summary, /asked to be traced/);
  assert.deepEqual(finding.facts, ['ptrace(PTRACE_TRACEME) succeeded: the place of the debugger is taken']);
});

test('an attempt that failed is found too, with the error number', () => {
  const [finding] = findingsOf({ ...traceMe, fields: { return_value: -1n } });
  assert.deepEqual(finding?.facts, [
    'ptrace(PTRACE_TRACEME) failed with -1: the process learned that it is being traced',
  ]);
});

test('a call through the 32-bit interface is found and says so', () => {
  const [finding] = findingsOf({ ...traceMe, fields: { flags: recordFlags.compat } });
  assert.deepEqual(finding?.facts.slice(1), ['the call came through the 32-bit interface']);
});

test('what a debugger does is not found', () => {
  const requests = [1, 7, 16, 17, 24, 0x4200, 0x4206, -1];
  assert.deepEqual(
    findingsOf(...requests.map((request) => ({ event: 'ptrace', args: { request, pid: 1 } }))),
    [],
  );
});

test('a call whose request could not be read, and other events, are not found', () => {
  assert.deepEqual(
    findingsOf({ event: 'ptrace' }, { event: 'sched_process_exit', args: { exit_code: 0 } }),
    [],
  );
});
