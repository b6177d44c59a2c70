import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Finding, RuleMetadata, Severity } from '../../src/detection/rule.js';
import { goJsonBytes } from '../../src/delivery/bounds.js';
import { findingToPayload, priorities, testPayload, type Payload } from '../../src/delivery/payload.js';
import type { RecordContent } from '../events/record-encoder.js';
import { clockOffset, reportOn, sample } from './finding-fixture.js';

const id = '0b5c6f0e-1f0c-4d6e-9a53-0d1b7f4f8e11';

function payloadOf(
  record: Partial<RecordContent> = {},
  finding: Partial<Finding> = {},
  rule: Partial<RuleMetadata> = {},
): Payload {
  return findingToPayload(reportOn(record, finding, rule), id, clockOffset);
}

function textsOf(payload: Payload): string[] {
  const { output, rule, hostname, tags, output_fields: fields } = payload;
  return [output, rule, hostname, ...tags, ...Object.values(fields)];
}

test('a finding becomes what falcosidekick reads, with the names that Falco has for things', () => {
  assert.deepEqual(payloadOf(), {
    output:
      '08:55:21.123456789: Error Anti-Debugging: sneaky asked to be traced ' +
      '(proc.name=sneaky proc.pid=4242 proc.exepath=/opt/sneaky user.uid=1000 rule=TRC-2)',
    priority: 'Error',
    rule: 'Anti-Debugging',
    time: '2021-02-18T08:55:21.123456789Z',
    source: 'syscall',
    hostname: 'web-1',
    tags: ['linux', 'container', 'T1480'],
    output_fields: {
      'tracee.finding.id': id,
      'tracee.rule.id': 'TRC-2',
      'tracee.severity': 'high',
      'tracee.sight': 'traceme',
      'tracee.mitre': 'Defense Evasion: Execution Guardrails (T1480)',
      'proc.name': 'sneaky',
      'proc.pid': '4242',
      'proc.ppid': '10',
      'user.uid': '1000',
      'evt.type': 'ptrace',
      'evt.res': 'SUCCESS',
      'evt.hostname': 'web-1',
      'proc.exepath': '/opt/sneaky',
      'tracee.summary': 'asked to be traced',
      'tracee.why': 'the first fact; the second fact',
      'proc.pname': 'bash',
      'thread.tid': '4242',
      'tracee.tree': 'sneaky[4242], bash[10], init[1]',
      'evt.args': 'request=PTRACE_TRACEME',
      'tracee.exception': '{rule: TRC-2, sight: traceme, executable: /opt/sneaky, owner: 7, uid: 1000}',
      'evt.rawres': '0',
      'evt.cpu': '0',
      'tracee.hook': 'raw_tracepoint',
      'tracee.cgroup.id': '0',
      'tracee.rule.version': '1.0.0',
    },
  });
});

test('severities keep their order as priorities, and each has one of its own', () => {
  const severities: Severity[] = ['info', 'low', 'medium', 'high', 'critical'];
  assert.deepEqual(
    severities.map((severity) => payloadOf({}, {}, { severity }).priority),
    ['Informational', 'Notice', 'Warning', 'Error', 'Critical'],
  );
});

test('pids are those of the host, and those of a container stand beside them', () => {
  const fields = { ...sample.fields, ns_pid: 7, ns_tid: 9 };
  const { output_fields: told } = payloadOf({ fields });
  assert.equal(told['proc.pid'], '4242');
  assert.equal(told['proc.vpid'], '7');
  assert.equal(told['thread.vtid'], '9');
});

test('what failed is told by the name of its error', () => {
  const { output_fields: told } = payloadOf({ fields: { ...sample.fields, return_value: -1n } });
  assert.equal(told['evt.res'], 'EPERM');
  assert.equal(told['evt.rawres'], '-1');
});

test('nothing is empty, and a program without a path has none', () => {
  const { executable: _, ancestors: __, ...bare } = sample;
  const { fields: ___, ...rest } = bare;
  const report = reportOn();
  const payload = findingToPayload(
    { ...report, finding: { ...reportOn({ ...rest, fields: {} }).finding, facts: [] } },
    id,
    clockOffset,
  );
  assert.ok(textsOf(payload).every((text) => typeof text === 'string' && text !== ''));
  assert.ok(!('tracee.why' in payload.output_fields));
});

test('events lost around a finding and what could not be verified are told', () => {
  const report = { ...reportOn(), losses: { inWindow: 12n, windowSeconds: 10, sinceStart: 20n } };
  const { output_fields: told } = findingToPayload(report, id, clockOffset);
  assert.equal(told['tracee.lost'], '12 events in the last 10 s');
  const user = payloadOf({ event: 'openat', args: { pathname: { bytes: '/etc/x', isCut: true } } });
  assert.equal(
    user.output_fields['tracee.unsure'],
    'pathname could have been changed meanwhile; only the beginning of pathname was recorded',
  );
});

/** What an attacker could put into a name, and what must not be left of it. */
const hostile: readonly (readonly [text: string, forbidden: RegExp])[] = [
  ['<script>alert(1)</script>', /[<>]/],
  // oxlint-disable-next-line no-control-regex -- that there are none is what is shown
  ['\u001b[31mred\u001b]0;title\u0007', /[\u001b\u0007]/],
  ['x\r\nBcc: everyone@example.com\r\n\r\nbody', /[\r\n]/],
  ['<!channel> <@U12345> <http://evil.example|click here>', /[<>]/],
  ['@everyone @here x@all wake@channel', /@/],
  ['ask @alice', /@/],
  ['[click](http://evil.example) ![](http://evil.example/x.png)', /\]\(/],
  ['{@participants}', /@/],
  ['a\\.out \\\\! \\_', /\\(?!x|u)/],
  ['exe.\u202egpj.\u2066', /[\u202e\u2066]/],
  ['a\u0085b\u2028c\ud800', /[\u0085\u2028\ud800]/],
];

test('text of a traced program cannot reach out of a message, wherever it stands', () => {
  for (const [text, forbidden] of hostile) {
    const payload = payloadOf(
      {
        event: 'execve',
        executable: { bytes: `/opt/${text}` },
        fields: { ...sample.fields, comm: text.slice(0, 15), uts_name: text.slice(0, 15) },
        ancestors: [{ hostPid: 10, pid: 10, startTime: 2n, comm: text.slice(0, 15) }],
        args: { pathname: { bytes: text }, argv: { bytes: `${text}\0${text}\0` } },
      },
      { summary: `ran ${text}`, facts: [text, text], data: { path: text } },
      { name: `rule ${text}`, tags: [text] },
    );
    for (const told of textsOf(payload)) assert.doesNotMatch(told, forbidden, text);
    for (const told of textsOf(payload)) {
      // oxlint-disable-next-line no-control-regex -- that there are none is what is shown
      assert.doesNotMatch(told, /[\u0000-\u001f\u007f-\u009f]/u);
    }
    assert.ok('evt.args' in payload.output_fields);
  }
});

test('strings of a list cannot pass for more, and an exception that would not hold is not offered', () => {
  const argv = { bytes: 'sh\0-c\0echo "a", "b\\c"\n\0' };
  const { output_fields: told } = payloadOf({ event: 'execve', args: { argv } });
  assert.equal(told['evt.args'], String.raw`argv=["sh", "-c", "echo \x22a\x22, \x22b\x5cc\x22\x0a"]`);
  assert.ok('tracee.exception' in told);
  assert.ok(!('tracee.exception' in payloadOf({ executable: { bytes: '/opt/a\nb' } }).output_fields));
});

test('addresses, units of systemd and paths of packages are left as they are', () => {
  for (const text of ['getty@tty1.service', 'a & b', 'http://example.com/?a=1', 'café', 'f(x)', 'a[1] (b)']) {
    assert.equal(payloadOf({}, { summary: text }).output_fields['tracee.summary'], text);
  }
});

test('the largest finding stays below the sizes from which falcosidekick cuts', () => {
  for (const unit of ['x', 'é', '🐧', '<', '&', '"', '\\', '\u001b']) {
    const long = unit.repeat(4096);
    const payload = payloadOf(
      {
        event: 'execve',
        executable: { bytes: long },
        args: { pathname: { bytes: long }, argv: { bytes: `${long}\0${long}\0` } },
        ancestors: Array.from({ length: 8 }, (_, index) => ({
          ...{ hostPid: index, pid: index, startTime: 1n, comm: unit.repeat(15).slice(0, 14) },
        })),
      },
      { summary: long, facts: [long, long], data: { [long]: long } },
      { name: long, tags: Array.from({ length: 40 }, (_, index) => `${index}${long}`) },
    );
    const withUuid = { ...payload, uuid: randomUUID() };
    assert.ok(goJsonBytes(withUuid) <= 4096, `${unit}: ${goJsonBytes(withUuid)} bytes`);
    for (const [key, value] of Object.entries(payload.output_fields)) {
      assert.ok(Buffer.byteLength(value) <= 512, `${unit}: ${key} has ${Buffer.byteLength(value)} bytes`);
      assert.ok(!value.includes('\ufffd'), `${unit}: ${key} is cut within a character`);
    }
    assert.ok(Buffer.byteLength(payload.output) <= 1024, unit);
    // A line of a mail has at most 998 bytes.
    assert.ok(Buffer.byteLength(`Subject: [${payload.priority}] ${payload.output}`) <= 998, unit);
    assert.equal(payload.output_fields['tracee.finding.id'], id);
    assert.equal(payload.output_fields['proc.name'], 'sneaky');
  }
});

test('what was cut says so, and what was left out is named', () => {
  const long = '/x'.repeat(2048);
  const { output_fields: told } = payloadOf(
    { executable: { bytes: long } },
    { summary: long, facts: [long] },
  );
  assert.match(told['proc.exepath'] ?? '', /^(?:\/x)+\/?\[\.\.\.\]$/);
  const data = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, '&'.repeat(500)]));
  const crowded = payloadOf(
    { event: 'execve', executable: { bytes: long }, args: { argv: { bytes: long } } },
    { summary: '&'.repeat(600), facts: [long], data },
    { tags: Array.from({ length: 20 }, (_, index) => `tag ${index} ${'x'.repeat(60)}`) },
  );
  assert.match(crowded.output_fields['tracee.omitted'] ?? '', /^tracee\.data, evt\.rawres/);
});

test('a time is that of the event, to the nanosecond, and never after the telling', () => {
  assert.equal(payloadOf().time, '2021-02-18T08:55:21.123456789Z');
  const otherBoot = payloadOf({ fields: { ...sample.fields, time: 9_000_000_000_000n } });
  assert.equal(otherBoot.time, '2021-02-18T08:55:22.000000000Z');
});

test('without a clock given, the time is that of this machine', () => {
  const report = reportOn({ fields: { ...sample.fields, time: process.hrtime.bigint() } });
  const before = Date.now();
  const told = Date.parse(findingToPayload({ ...report, toldAt: new Date(before + 60_000) }, id).time);
  assert.ok(Math.abs(told - before) < 30_000, `${told - before} ms away`);
});

test('a rule cannot have the name that falcosidekick lets through everywhere', () => {
  assert.equal(payloadOf({}, {}, { name: 'Test rule' }).rule, 'Test rule (TRC-2)');
  assert.equal(payloadOf({}, {}, { name: ' ' }).rule, 'TRC-2');
});

test('output has the form that falcosidekick can format anew', () => {
  const form = new RegExp(`^[0-9:]+\\.[0-9]+: (?:${priorities.join('|')}) .*$`);
  assert.match(payloadOf({}, { summary: 'a\nb' }).output, form);
  assert.match(testPayload(id, 'web-1', new Date(0)).output, form);
});

test('the test payload is one that falcosidekick takes, and passes wherever findings can', () => {
  const payload = testPayload(id, '', new Date('2026-01-02T03:04:05.678Z'));
  assert.equal(payload.time, '2026-01-02T03:04:05.678000000Z');
  assert.equal(payload.priority, 'Critical');
  assert.equal(payload.hostname, 'unknown');
  assert.notEqual(payload.rule, 'Test rule');
  assert.equal(payload.output_fields['tracee.finding.id'], id);
});
