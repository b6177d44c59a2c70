import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import { recordFlags } from '../../src/events/layout.js';
import { findingToText } from '../../src/output/finding.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

function findingOn(record: RecordContent, more: Partial<Finding> = {}): Finding {
  return {
    summary: 'asked to be traced',
    facts: ['the first fact', 'the second fact'],
    rule: antiDebugging.metadata,
    event: recordedEvent(record),
    ...more,
  };
}

const sample: RecordContent = {
  event: 'ptrace',
  hook: 'raw_tracepoint',
  fields: {
    host_pid: 42,
    host_tid: 42,
    ns_pid: 42,
    ns_tid: 42,
    uid: 1000,
    comm: 'sneaky',
    uts_name: 'web-1',
  },
  executable: { bytes: '/opt/sneaky' },
  ancestors: [
    { hostPid: 10, pid: 10, startTime: 2n, comm: 'bash' },
    { hostPid: 1, pid: 1, startTime: 1n, comm: 'init' },
  ],
  args: { request: 0 },
};

test('a finding is one line that says who did what, then what stands behind it', () => {
  assert.equal(
    findingToText(findingOn(sample), 0n, false),
    `HIGH TRC-2 Anti-Debugging: sneaky[42] asked to be traced
  process  /opt/sneaky, pid 42, user 1000, host web-1
  tree     sneaky[42] <- bash[10] <- init[1]
  why      the first fact
  why      the second fact
  mitre    Defense Evasion: Execution Guardrails (T1480)
  seen by  ptrace on raw_tracepoint
  lost     no events so far`,
  );
});

test('a thread, a container and a program without a path are told', () => {
  const record = { ...sample, executable: undefined, fields: { ...sample.fields, ns_pid: 7, ns_tid: 9 } };
  const { executable: _, ...unknown } = record;
  const text = findingToText(findingOn(unknown), 0n, false);
  assert.match(text, /process {2}unknown program, pid 7, thread 9, pid 42 on the host, user 1000/);
});

test('a chain of ancestors that was cut ends with an ellipsis', () => {
  const fields = { ...sample.fields, flags: recordFlags.ancestryCut };
  assert.match(findingToText(findingOn({ ...sample, fields }), 0n, false), /<- init\[1\] <- …$/m);
});

test('losses are said with their number', () => {
  assert.match(
    findingToText(findingOn(sample), 12n, false),
    /lost {5}12 events so far: others like this may be missing$/,
  );
});

test('strings of an event that come from the memory of the program are marked as such', () => {
  const user = findingToText(findingOn({ ...sample, event: 'execve', args: {} }), 0n, false);
  assert.match(user, /seen by {2}execve on raw_tracepoint, strings read from its memory$/m);
  const kernel = findingToText(findingOn({ ...sample, event: 'sched_process_exec', args: {} }), 0n, false);
  assert.match(kernel, /seen by {2}sched_process_exec on raw_tracepoint$/m);
});

test('only the first line is coloured, and only where asked', () => {
  const plain = findingToText(findingOn(sample), 0n, false).split('\n');
  const coloured = findingToText(findingOn(sample), 0n, true).split('\n');
  assert.equal(coloured[0], `\u001b[1;31m${plain[0]}\u001b[0m`);
  assert.deepEqual(coloured.slice(1), plain.slice(1));
});

test('nothing that a program says about itself changes the lines around it', () => {
  const evil = '\u001b[1A\n\u202e\u009b';
  const text = findingToText(
    findingOn(
      {
        ...sample,
        fields: { ...sample.fields, comm: `c${evil}`, uts_name: `u${evil}` },
        executable: { bytes: `/tmp/${evil}` },
        ancestors: [{ hostPid: 10, pid: 10, startTime: 2n, comm: `p${evil}` }],
      },
      { summary: `ran ${evil}`, facts: [`argv: ${evil}`] },
    ),
    0n,
    false,
  );
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(text.split('\n').length, 7);
  const shown = '\\x1b[1A\\x0a\\u202e\\x9b';
  for (const part of [`c${shown}[42] ran ${shown}`, `/tmp/${shown},`, `host u${shown}`, `<- p${shown}[10]`]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(text.includes(`why      argv: ${shown}`));
});
