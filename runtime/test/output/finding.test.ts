import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Severity } from '../../src/detection/rule.js';
import { recordFlags } from '../../src/events/layout.js';
import {
  findingToText,
  heldBackToText,
  repeatsToText,
  type FindingReport,
} from '../../src/output/finding.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

const [traceMe] = antiDebugging.sights;
assert.ok(traceMe !== undefined);
const sight = traceMe;
const noLosses = { inWindow: 0n, windowSeconds: 10, sinceStart: 0n };

function findingOn(record: RecordContent, more: Partial<Finding> = {}): Finding {
  return {
    summary: 'asked to be traced',
    facts: ['the first fact', 'the second fact'],
    rule: antiDebugging.metadata,
    sight,
    event: recordedEvent(record),
    ...more,
  };
}

function textOf(finding: Finding, more: Partial<FindingReport> = {}, isColoured = false): string {
  return findingToText({ finding, losses: noLosses, toldAt: new Date(0), ...more }, isColoured);
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
    executable_uid: 7,
    executable_links: 1,
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
    textOf(findingOn(sample)),
    `HIGH TRC-2 Anti-Debugging: sneaky[42] asked to be traced
  process  /opt/sneaky, pid 42, user 1000, host web-1
  tree     sneaky[42] <- bash[10] <- init[1]
  why      the first fact
  why      the second fact
  mitre    Defense Evasion: Execution Guardrails (T1480)
  seen by  ptrace on raw_tracepoint
  lost     nothing in the last 10 s
  except   {rule: TRC-2, sight: traceme, executable: /opt/sneaky, owner: 7, uid: 1000}`,
  );
});

test('a thread, a container and a program without a path are told', () => {
  const record = { ...sample, executable: undefined, fields: { ...sample.fields, ns_pid: 7, ns_tid: 9 } };
  const { executable: _, ...unknown } = record;
  const text = textOf(findingOn(unknown));
  assert.match(text, /process {2}unknown program, pid 7, thread 9, pid 42 on the host, user 1000/);
});

test('a chain of ancestors that was cut ends with an ellipsis', () => {
  const fields = { ...sample.fields, flags: recordFlags.ancestryCut };
  assert.match(textOf(findingOn({ ...sample, fields })), /<- init\[1\] <- …$/m);
});

test('losses in the window of the finding are said, and those before it', () => {
  const said = (inWindow: bigint, sinceStart: bigint): string | undefined =>
    /^ {2}lost {5}(.*)$/m.exec(
      textOf(findingOn(sample), { losses: { inWindow, windowSeconds: 12, sinceStart } }),
    )?.[1];
  assert.equal(said(3n, 3n), '3 events in the last 12 s: others like this may be missing');
  assert.equal(said(3n, 5n), '3 events in the last 12 s, 5 since start: others like this may be missing');
  assert.equal(said(0n, 5n), 'nothing in the last 12 s, 5 since start');
});

test('arguments that come from the memory of the program, and those that were cut, are marked as such', () => {
  const args = { pathname: { bytes: '/x', isCut: true } };
  const user = textOf(findingOn({ ...sample, event: 'execve', args }));
  assert.match(
    user,
    /^ {2}unsure {3}pathname read from memory that the program can change meanwhile; only the beginning of pathname was recorded$/m,
  );
  const kernel = textOf(
    findingOn({ ...sample, event: 'sched_process_exec', args: { pathname: { bytes: '/x' } } }),
  );
  assert.doesNotMatch(kernel, /unsure/);
});

test('a program file without a name on a file system gets no exception', () => {
  const fields = { ...sample.fields, executable_links: 0 };
  assert.doesNotMatch(textOf(findingOn({ ...sample, fields })), /except/);
});

test('repeats are told with their number and how long they went on', () => {
  const first = findingOn({ ...sample, fields: { ...sample.fields, time: 1_000_000_000n } });
  const text = (count: number): string => repeatsToText({ first, count, lastTime: 3.5e9 }, false);
  assert.equal(
    text(12),
    'HIGH TRC-2 Anti-Debugging: sneaky[42] asked to be traced\n  repeated 12 times, the last 2.5 s after the first',
  );
  assert.match(text(1), /repeated 1 time,/);
});

test('what the limit held back is told with its number', () => {
  const rule = antiDebugging.metadata;
  assert.equal(
    heldBackToText({ rule, count: 12 }),
    '12 findings of TRC-2 (Anti-Debugging) held back by the rate limit',
  );
  assert.match(heldBackToText({ rule, count: 1 }), /^1 finding of /);
});

test('each severity has its colour', () => {
  const colourOf = (severity: Severity): string | undefined =>
    // oxlint-disable-next-line no-control-regex -- it is what colours are made of
    /^\u001b\[([\d;]+)m/.exec(
      textOf(findingOn(sample, { rule: { ...antiDebugging.metadata, severity } }), {}, true),
    )?.[1];
  assert.deepEqual((['critical', 'high', 'medium', 'low', 'info'] as const).map(colourOf), [
    '1;31',
    '1;31',
    '1;33',
    '1',
    '2',
  ]);
});

test('only the first line is coloured, and only where asked', () => {
  const plain = textOf(findingOn(sample)).split('\n');
  const coloured = textOf(findingOn(sample), {}, true).split('\n');
  assert.equal(coloured[0], `\u001b[1;31m${plain[0]}\u001b[0m`);
  assert.deepEqual(coloured.slice(1), plain.slice(1));
});

test('nothing that a program says about itself changes the lines around it', () => {
  const evil = '\u001b[1A\n\u202e\u009b';
  const text = textOf(
    findingOn(
      {
        ...sample,
        fields: { ...sample.fields, comm: `c${evil}`, uts_name: `u${evil}` },
        executable: { bytes: `/tmp/${evil}` },
        ancestors: [{ hostPid: 10, pid: 10, startTime: 2n, comm: `p${evil}` }],
      },
      { summary: `ran ${evil}`, facts: [`argv: ${evil}`] },
    ),
  );
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(text.split('\n').length, 8);
  const shown = '\\x1b[1A\\x0a\\u202e\\x9b';
  for (const part of [`c${shown}[42] ran ${shown}`, `/tmp/${shown},`, `host u${shown}`, `<- p${shown}[10]`]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(text.includes(`why      argv: ${shown}`));
});
