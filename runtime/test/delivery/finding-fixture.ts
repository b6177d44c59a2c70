import assert from 'node:assert/strict';
import type { Finding, RuleMetadata } from '../../src/detection/rule.js';
import type { FindingReport } from '../../src/output/finding.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

const [sight] = antiDebugging.sights;

/** A finding of TRC-2 on a record as the kernel side would write it. */
export function reportOn(
  record: Partial<RecordContent> = {},
  finding: Partial<Finding> = {},
  rule: Partial<RuleMetadata> = {},
): FindingReport {
  assert.ok(sight !== undefined);
  return {
    finding: {
      summary: 'asked to be traced',
      facts: ['the first fact', 'the second fact'],
      rule: { ...antiDebugging.metadata, ...rule },
      sight,
      event: recordedEvent({ ...sample, ...record }),
      ...finding,
    },
    losses: { inWindow: 0n, windowSeconds: 10, sinceStart: 0n },
    toldAt: new Date('2021-02-18T08:55:22Z'),
  };
}

export const sample: RecordContent = {
  event: 'ptrace',
  hook: 'raw_tracepoint',
  fields: {
    time: 5_123_456_789n,
    host_pid: 4242,
    host_tid: 4242,
    host_ppid: 10,
    ns_pid: 4242,
    ns_tid: 4242,
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

/** What is added to the monotonic clock of `sample` for 08:55:21.123456789 of that day. */
export const clockOffset = BigInt(Date.parse('2021-02-18T08:55:16Z')) * 1_000_000n;
