import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowestException } from '../../src/detection/exception.js';
import type { Container } from '../../src/events/container.js';
import { recordFlags } from '../../src/events/layout.js';
import { eventToJson } from '../../src/output/event-json.js';
import { findingToJson, heldBackToJson, repeatsToJson } from '../../src/output/json.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';
import { findingOn } from '../detection/rule-fixture.js';
import { recordedEvent } from '../events/record-encoder.js';

const losses = { inWindow: 2n, windowSeconds: 10, sinceStart: 3n };
const toldAt = new Date('2026-01-02T03:04:05.678Z');

const execve = recordedEvent({
  event: 'execve',
  hook: 'trampoline',
  fields: {
    time: 176_751_746_515_000n,
    start_time: 5n,
    parent_start_time: 4n,
    cgroup_id: 77n,
    host_tid: 14_726,
    host_pid: 14_726,
    host_ppid: 14_000,
    ns_tid: 26,
    ns_pid: 26,
    ns_ppid: 1,
    uid: 1000,
    mnt_ns: 4_026_531_840,
    pid_ns: 4_026_531_836,
    comm: 'zsh',
    uts_name: 'ubuntu',
    cpu: 3,
  },
  args: { pathname: { bytes: '/usr/bin/ls' }, argv: { bytes: 'ls\0-l\0' } },
});

test('an event starts with the keys of the original in its order, and additions follow', () => {
  assert.equal(
    eventToJson(execve),
    '{"timestamp":176751.746515,"processId":26,"threadId":26,"parentProcessId":1,"hostProcessId":14726,' +
      '"hostThreadId":14726,"hostParentProcessId":14000,"userId":1000,"mountNamespace":4026531840,' +
      '"pidNamespace":4026531836,"processName":"zsh","hostName":"ubuntu","containerId":"","eventId":"59",' +
      '"eventName":"execve","argsNum":2,"returnValue":0,"stackAddresses":null,' +
      '"args":[{"name":"pathname","type":"const char*","value":"/usr/bin/ls"},' +
      '{"name":"argv","type":"const char*const*","value":["ls","-l"]}],' +
      '"cgroupId":77,"processStartTime":5,"parentStartTime":4,"cpu":3,"hook":"trampoline","abi":"native",' +
      '"argumentSource":"user","executable":null,"forked":false,"terminal":false}',
  );
});

test('the container of an event is told by twelve digits where the original had them, and whole at the end', () => {
  const id = '0123456789abcdef'.repeat(4);
  const container: Container = {
    ...{ id, engine: 'docker', name: 'web"1', image: 'nginx:1.25' },
    ...{ owner: undefined, nested: [], isOld: true, isSettled: true },
  };
  const told = (part: Partial<Container>): Record<string, unknown> =>
    JSON.parse(eventToJson({ ...execve, container: { ...container, ...part } })) as Record<string, unknown>;
  assert.match(
    eventToJson({ ...execve, container }),
    /"hostName":"ubuntu","containerId":"0123456789ab","eventId"/,
  );
  assert.deepEqual(Object.entries(told({})).slice(-4), [
    ['containerName', 'web"1'],
    ['containerImage', 'nginx:1.25'],
    ['containerEngine', 'docker'],
    ['containerFullId', id],
  ]);
  const claimed = told({ name: undefined, image: undefined, owner: 1000, nested: ['f'.repeat(64)] });
  assert.equal(claimed['containerName'], null);
  assert.equal(claimed['containerOwner'], 1000);
  assert.deepEqual(claimed['containersWithin'], ['f'.repeat(64)]);
});

test('a stack is told by its addresses where the original had them, and by its functions at the end', () => {
  const event = recordedEvent({ event: 'ptrace', stack: [5n, 0xffff_ffff_ffff_fff0n] });
  assert.match(eventToJson(event), /"stackAddresses":\[5,"18446744073709551600"\],"args"/);
  event.frames = [{ address: 5n, file: '/lib/a\u001b.so', offset: 7n, symbol: 'main+0x1' }, { address: 6n }];
  event.program = { sha256: 'ab', ctime: 1_796_063_001_709_981_742n, isSettled: true };
  assert.ok(
    eventToJson(event).endsWith(
      String.raw`"stack":[{"address":5,"file":"/lib/a\u001b.so","offset":7,"symbol":"main+0x1"},{"address":6}],"sha256":"ab","ctime":"1796063001709981742"}`,
    ),
  );
});

test('arguments are named where they have names, and say where they were cut', () => {
  const event = recordedEvent({
    event: 'execveat',
    fields: { flags: recordFlags.compat },
    executable: { bytes: '/usr/bin/env' },
    args: {
      pathname: { bytes: '/bin/l', isCut: true },
      argv: { bytes: 'a\0', full: 300, isCut: true },
      flags: 0x1000,
    },
  });
  const parsed = JSON.parse(eventToJson(event)) as Record<string, unknown>;
  assert.deepEqual(parsed['args'], [
    { name: 'pathname', type: 'const char*', value: '/bin/l', cut: { of: null } },
    { name: 'argv', type: 'const char*const*', value: ['a'], cut: { of: 300 } },
    { name: 'flags', type: 'int', value: 'AT_EMPTY_PATH' },
  ]);
  assert.equal(parsed['argsNum'], 3);
  assert.equal(parsed['abi'], '32-bit');
  assert.equal(parsed['executable'], '/usr/bin/env');
});

test('an integer that a double cannot hold is written as a string of all its digits', () => {
  const line = eventToJson(
    recordedEvent({
      event: 'security_bprm_check',
      fields: { cgroup_id: 0xffff_ffff_ffff_ffffn },
      args: { inode: 0x20_0000_0000_0001n },
    }),
  );
  assert.match(line, /"value":"9007199254740993"/);
  assert.match(line, /"cgroupId":"18446744073709551615"/);
  const safe = recordedEvent({ event: 'security_bprm_check', args: { inode: 0x1f_ffff_ffff_ffffn } });
  assert.match(eventToJson(safe), /"value":9007199254740991\b/);
});

test('whatever a program calls itself, an event is one line that reads back the same', () => {
  const hostile = 'a"\\\n\r\u0000\u001b[31m\u2028';
  const event = recordedEvent({
    event: 'execve',
    fields: { comm: 'x"\n\u001b' },
    args: { pathname: { bytes: hostile }, argv: { bytes: 'a\nb\0"\0' } },
  });
  const line = eventToJson(event);
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(line, /[\u0000-\u001f]/);
  const parsed = JSON.parse(line) as { processName: string; args: { value: unknown }[] };
  assert.equal(parsed.processName, 'x"\n\u001b');
  assert.deepEqual(
    parsed.args.map((argument) => argument.value),
    [hostile, ['a\nb', '"']],
  );
});

test('a finding carries the rule, why it fired, the event, the ancestors and what was lost', () => {
  const event = recordedEvent({
    event: 'ptrace',
    ancestors: [{ hostPid: 10, pid: 2, startTime: 9n, comm: 'bash' }],
    args: { request: 0 },
  });
  const finding = findingOn(event, {
    facts: ['a "fact"'],
    data: { inode: 2n ** 64n - 1n },
    rule: antiDebugging.metadata,
  });
  const line = findingToJson({ finding, losses, toldAt });
  assert.ok(!line.includes('\n'));
  const parsed = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(Object.keys(parsed), [
    'kind',
    'time',
    'rule',
    'sight',
    'summary',
    'facts',
    'data',
    'event',
    'ancestors',
    'ancestorsCut',
    'unverifiedArguments',
    'lostEvents',
    'lostInWindow',
    'exception',
  ]);
  assert.deepEqual(
    [parsed['kind'], parsed['time'], parsed['sight']],
    ['finding', toldAt.toISOString(), 'sight'],
  );
  assert.deepEqual(parsed['rule'], antiDebugging.metadata);
  assert.deepEqual(parsed['data'], { inode: '18446744073709551615' });
  const { ancestors, ancestorsCut, ...itself } = JSON.parse(eventToJson(event)) as Record<string, unknown>;
  assert.deepEqual(parsed['event'], itself);
  assert.deepEqual([parsed['ancestors'], parsed['ancestorsCut']], [ancestors, ancestorsCut]);
  assert.deepEqual(parsed['ancestors'], [{ hostPid: 10, pid: 2, startTime: 9, comm: 'bash' }]);
  assert.equal(parsed['ancestorsCut'], false);
  assert.equal(parsed['lostEvents'], 3);
  assert.deepEqual(parsed['lostInWindow'], { events: 2, seconds: 10 });
  assert.deepEqual(parsed['unverifiedArguments'], []);
  assert.equal(parsed['exception'], null);
});

test('a finding without data has an empty object in its place', () => {
  const line = findingToJson({ finding: findingOn(execve), losses, toldAt });
  assert.deepEqual((JSON.parse(line) as { data: unknown }).data, {});
});

test('a finding says which arguments its program could change meanwhile, and what would silence it', () => {
  const event = recordedEvent({
    event: 'execve',
    fields: { executable_links: 1, executable_uid: 3, uid: 5 },
    executable: { bytes: '/opt/x' },
    args: { pathname: { bytes: '/x' }, argv: { bytes: 'x\0' } },
  });
  const finding = findingOn(event);
  const parsed = JSON.parse(findingToJson({ finding, losses, toldAt })) as Record<string, unknown>;
  assert.deepEqual(parsed['unverifiedArguments'], ['pathname', 'argv']);
  assert.deepEqual(parsed['exception'], narrowestException(finding));
});

test('repeats and what was held back are lines of their own kinds', () => {
  const first = findingOn(
    recordedEvent({ event: 'ptrace', fields: { time: 2_500_000_000n, ns_pid: 7, comm: 'x' } }),
  );
  assert.deepEqual(JSON.parse(repeatsToJson({ first, count: 3, lastTime: 4e9 })), {
    kind: 'repeats',
    rule: first.rule,
    sight: 'sight',
    summary: 'did it',
    count: 3,
    firstTimestamp: 2.5,
    lastTimestamp: 4,
    processId: 7,
    hostProcessId: 0,
    processName: 'x',
  });
  assert.deepEqual(JSON.parse(heldBackToJson({ rule: first.rule, count: 9 })), {
    kind: 'heldBack',
    rule: first.rule,
    count: 9,
  });
});
