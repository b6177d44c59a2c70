import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../../src/events/catalogue/index.js';
import { namesIn } from '../../src/events/names.js';
import type { TracedEvent } from '../../src/events/record.js';
import { slimCredSize } from '../../src/events/credentials.js';
import { wireOfType } from '../../src/events/argument-types.js';
import type { EventDefinition } from '../../src/events/types.js';
import { eventToJson } from '../../src/output/event-json.js';
import { parseEvent } from '../../src/replay/event.js';
import { recordedEvent, type Bytes } from '../events/record-encoder.js';

function replayed(line: string): TracedEvent {
  const parsed = parseEvent(line);
  assert.equal(parsed.kind, 'event');
  return parsed.event;
}

/** A value for each argument, `step` after `step` through the extremes of its type and its names. */
function valuesFor(definition: EventDefinition, step: number): Record<string, number | bigint | Bytes> {
  const numbers = { i32: [-1n, -(2n ** 31n), 2n ** 31n - 1n], u32: [0n, 2n ** 32n - 1n, 1n] };
  const wide = { i64: [-1n, -(2n ** 63n), 2n ** 63n - 1n], u64: [0n, 2n ** 64n - 1n, 2n ** 53n + 1n] };
  const choices: Record<string, readonly (bigint | Bytes)[]> = {
    ...{ ...numbers, ...wide, pointer: [0n, 2n ** 64n - 1n] },
    string: [{ bytes: '' }, { bytes: 'a"\\\u001b[31m\u2028é' }, { bytes: 'cut', isCut: true }],
    strings: [{ bytes: '' }, { bytes: 'a\0\0b\0' }, { bytes: 'a\0', full: 300, isCut: true }],
    address: [{ bytes: Buffer.from([2, 0, 0, 80, 127, 0, 0, 1]) }, { bytes: '' }],
    credentials: [{ bytes: Buffer.alloc(slimCredSize, 0x5a) }, { bytes: Buffer.alloc(slimCredSize) }],
    bytes: [{ bytes: Buffer.from([0x7f, 0x45, 0xff]) }, { bytes: '' }],
  };
  return Object.fromEntries(
    definition.arguments.map(({ name, type, vocabulary }) => {
      const known = (vocabulary === undefined ? [] : namesIn(vocabulary)).map(([, value]) => BigInt(value));
      // A name of a flag that is no flag of its own comes back as the flags it holds.
      const all = [...(choices[wireOfType[type]] ?? []), ...known];
      return [name, all[step % all.length] ?? 0];
    }),
  );
}

test('every event of the catalogue comes back from its line as it was, with extreme and with named values', () => {
  for (const definition of catalogue) {
    for (let step = 0; step < 48; step++) {
      const event = recordedEvent({
        event: definition.name,
        fields: { time: 123_456_789_012_345n, return_value: -38n, cgroup_id: 2n ** 64n - 1n, comm: 'a b' },
        args: valuesFor(definition, step),
      });
      assert.deepEqual(replayed(eventToJson(event)), event, `${definition.name} ${step}`);
    }
  }
});

test('what rules know of a process comes back: ancestors, program file, terminal', () => {
  const event = recordedEvent({
    event: 'ptrace',
    fields: {
      flags: 2 | 4 | 8 | 16,
      executable_inode: 2n ** 60n + 1n,
      executable_dev: 0x800001,
      executable_mode: 0o104755,
      executable_links: 1,
      executable_storage: 3,
    },
    executable: { bytes: '/usr/bin/x' },
    ancestors: [{ hostPid: 10, pid: 2, startTime: 9n, comm: 'bash' }],
    args: { request: 0 },
  });
  const back = replayed(eventToJson(event));
  assert.deepEqual(back, event);
  assert.equal(back.executableFile?.inode, 2n ** 60n + 1n);
  assert.ok(back.hasTerminal && back.isForked && back.areAncestorsCut);
});

const line = eventToJson(recordedEvent({ event: 'ptrace', args: { request: 0, pid: 7 } }));
const withArgs = (args: unknown): string => JSON.stringify({ ...(JSON.parse(line) as object), args });

test('a line of the original, which has fewer keys, is an event', () => {
  const original =
    '{"timestamp":5000.5,"processId":12434,"threadId":12434,"parentProcessId":23921,"hostProcessId":12434,' +
    '"hostThreadId":12434,"hostParentProcessId":23921,"userId":1000,"mountNamespace":4026531840,' +
    '"pidNamespace":4026531836,"processName":"strace","hostName":"ubuntu","eventId":"101","eventName":"ptrace",' +
    '"argsNum":4,"returnValue":0,"stackAddresses":null,"args":[{"name":"request","type":"long",' +
    '"value":"PTRACE_SEIZE"},{"name":"pid","type":"pid_t","value":12435},{"name":"addr","type":"void*","value":"0x0"}]}';
  const event = replayed(original);
  assert.equal(event.time, 5_000_500_000_000);
  assert.deepEqual(
    event.arguments.map(({ value }) => value),
    [0x4206, 12_435, '0x0'],
  );
});

test('a number beside its name counts, and arguments may stand in any order', () => {
  const event = replayed(
    withArgs([
      { name: 'pid', value: 7 },
      { name: 'request', value: 'renamed since', raw: 16 },
    ]),
  );
  assert.deepEqual(
    event.arguments.map(({ definition, value }) => [definition.name, value]),
    [
      ['request', 16],
      ['pid', 7],
    ],
  );
});

test('an event that this version does not know is told apart from a line that is no event', () => {
  const other = line.replace('"ptrace"', '"security_of_tomorrow"');
  assert.deepEqual(parseEvent(other), { kind: 'unknown', name: 'security_of_tomorrow' });
});

const refusals: [what: string, line: string, message: RegExp][] = [
  ['text', 'hello', /it is no JSON/],
  ['half a line', line.slice(0, 200), /it is no JSON/],
  ['no object', '[1]', /it is no event/],
  ['a missing key', line.replace('"processId"', '"pid"'), /processId/],
  ['a number beyond doubles', line.replace('"userId":0', '"userId":1e999'), /userId/],
  ['a number out of range', line.replace('"userId":0', '"userId":4294967296'), /userId/],
  ['a cgroup of 30 digits', line.replace(/"cgroupId":0/, `"cgroupId":"${'9'.repeat(30)}"`), /cgroupId/],
  [
    'a name that is none',
    withArgs([{ name: 'request', value: 'PTRACE_TRACEM' }]),
    /request is "PTRACE_TRACEM"/,
  ],
  ['an int of 33 bits', withArgs([{ name: 'pid', value: 4_294_967_296 }]), /from -2147483648 to 2147483647/],
  ['half a number', withArgs([{ name: 'pid', value: 1.5 }]), /must be a number/],
  ['a stranger', withArgs([{ name: '__proto__', value: 1 }]), /no argument "__proto__"/],
  [
    'an argument twice',
    withArgs([
      { name: 'pid', value: 1 },
      { name: 'pid', value: 2 },
    ]),
    /there twice/,
  ],
  ['more arguments than an event has', withArgs(Array.from({ length: 9 }, () => ({ name: 'pid' }))), /args/],
  ['an object as value', withArgs([{ name: 'pid', value: { valueOf: 1 } }]), /must be a number/],
  ['deep nesting', '['.repeat(500_000), /it is no JSON/],
];
for (const [what, text, message] of refusals) {
  test(`${what} is refused with what is wrong`, () => {
    assert.throws(
      () => parseEvent(text),
      (error) => error instanceof RangeError && message.test(error.message) && error.message.length < 300,
    );
  });
}

test('keys that name parts of every object change nothing but themselves', () => {
  const polluted = line.replace(
    '{',
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},',
  );
  const event = replayed(polluted);
  assert.equal(Reflect.get({}, 'isAdmin'), undefined);
  assert.equal(Reflect.get(event, 'isAdmin'), undefined);
  assert.equal(Object.getPrototypeOf(event), Object.prototype);
});
