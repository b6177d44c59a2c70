import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireOfType } from '../../src/events/argument-types.js';
import type { Container } from '../../src/events/container.js';
import { catalogue } from '../../src/events/catalogue/index.js';
import { slimCredSize } from '../../src/events/credentials.js';
import { layoutOf, maxRecordSize, recordFlags, recordHeader } from '../../src/events/layout.js';
import { decodeRecord } from '../../src/events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../../src/events/types.js';
import { eventToJson } from '../../src/output/event-json.js';
import { EventLines } from '../../src/output/event-lines/event-lines.js';
import { encodeRecord, type Bytes, type RecordContent } from '../events/record-encoder.js';

/** Numbers that are as random as a test needs, and the same each time. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

const random = numbers(7);
const below = (limit: number): number => random.next().value % limit;
const oneOf = <T extends {}>(list: readonly T[]): T => list[below(list.length)] ?? assert.fail();

const integers = [
  0n,
  1n,
  9n,
  10n,
  99_999n,
  100_000n,
  999_999n,
  1_000_000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7ffc_1234_5678n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
  (1n << 64n) - 4095n,
];
const texts: readonly (string | Uint8Array)[] = [
  '',
  '/etc/ld.so.cache',
  'a "quoted" back\\slash',
  'line\nend\ttab',
  'grün 🦀 \u2028',
  Uint8Array.of(0x2f, 0xff, 0xc3, 0x28),
  '\u001b[31m',
  'x'.repeat(4000),
];
const times = [1n, 5n, 999_999_999n, 1_000_000_000n, 1_500_000_000n, 176_751_746_515_000n, (1n << 53n) - 1n];
const results = [0n, 3n, -2n, -4095n, 0x7f00_0000_1000n, 1n << 60n];

function valueFor(argument: ArgumentDefinition): number | bigint | Bytes {
  switch (wireOfType[argument.type]) {
    case 'string':
    case 'bytes':
      return { bytes: oneOf(texts), isCut: below(5) === 0 };
    case 'credentials':
      return { bytes: Uint8Array.from({ length: slimCredSize }, () => below(256)) };
    case 'strings':
      return { bytes: oneOf(['', 'ls\0-l\0', 'a\0\0"\0']), full: 9, isCut: below(3) === 0 };
    case 'address':
      return {
        bytes: oneOf([
          Uint8Array.of(2, 0, 0, 80, 127, 0, 0, 1),
          Uint8Array.of(1, 0, 0x2f, 0x61, 0),
          Uint8Array.of(16, 0),
        ]),
      };
    default:
      return below(2) === 0 ? oneOf(integers) : BigInt(below(4096));
  }
}

function recordOf(definition: EventDefinition): Buffer {
  const args = definition.arguments
    .filter(() => below(8) !== 0)
    .map((argument) => [argument.name, valueFor(argument)] as const);
  const content: RecordContent = {
    event: definition.name,
    hook: oneOf(['tp_btf', 'kprobe', 'trampoline']),
    fields: {
      time: oneOf(times),
      return_value: oneOf(results),
      flags: oneOf([0, recordFlags.compat, recordFlags.forked, recordFlags.terminal]),
      host_tid: below(3) + 1,
      host_pid: oneOf([1, 4_194_304]),
      uid: oneOf([0, 1000, 0xffff_ffff]),
      cgroup_id: oneOf([7n, 1n << 60n]),
      cpu: below(130),
      comm: oneOf(['zsh', 'a"b', 'ü', '\u001b[2J', '']),
      uts_name: oneOf(['ubuntu', 'h\\']),
    },
    args: Object.fromEntries(args),
    ...(below(10) === 0 ? { executable: { bytes: '/bin/ls' }, ancestors: [] } : {}),
  };
  return encodeRecord(content);
}

/** All records in one buffer, as a ring has them: at multiples of 8, in memory that others lie in. */
function ringOf(records: readonly Buffer[]): {
  view: DataView;
  at: (readonly [offset: number, length: number])[];
} {
  const room = (length: number): number => Math.ceil((length + 8) / 8) * 8;
  const memory = new ArrayBuffer(records.reduce((sum, { length }) => sum + room(length), 64));
  const bytes = new Uint8Array(memory, 64);
  let offset = 0;
  const at = records.map((record) => {
    bytes.set(record, offset + 8);
    const place = [offset + 8, record.length] as const;
    offset += room(record.length);
    return place;
  });
  return { view: new DataView(memory, 64), at };
}

function linesOf(records: readonly Buffer[]): string {
  const chunks: Buffer[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(Buffer.from(chunk)),
    () => 'told',
  );
  const { view, at } = ringOf(records);
  for (const [offset, length] of at) lines.append(view, offset, length);
  lines.flush();
  return Buffer.concat(chunks).toString();
}

const textOf = (record: Buffer): string =>
  `${eventToJson(decodeRecord(new DataView(record.buffer, record.byteOffset, record.length), 0, record.length))}\n`;

test('a line written from a record is the line of its event, for every event and whatever is in it', () => {
  const records = catalogue.flatMap((definition) => Array.from({ length: 40 }, () => recordOf(definition)));
  const lines = linesOf(records).split('\n');
  for (const [index, record] of records.entries()) assert.equal(`${lines[index]}\n`, textOf(record));
  assert.equal(lines.length, records.length + 1);
});

test('lines are objects that JSON.parse reads', () => {
  const records = catalogue.map(recordOf);
  for (const line of linesOf(records).trimEnd().split('\n')) assert.equal(typeof JSON.parse(line), 'object');
});

test('a record that is not where words begin is written all the same', () => {
  const record = encodeRecord({ event: 'openat', args: { pathname: { bytes: '/etc/passwd' }, flags: 577 } });
  const chunks: string[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(Buffer.from(chunk).toString()),
    () => 'told',
  );
  const memory = new Uint8Array(record.length + 3);
  memory.set(record, 3);
  lines.append(new DataView(memory.buffer), 3, record.length);
  lines.flush();
  assert.equal(chunks.join(''), textOf(record));
});

test('of a record that contradicts itself nothing is written, and lines around it are whole', () => {
  const good = encodeRecord({ event: 'openat', args: { pathname: { bytes: '/etc/passwd' } } });
  const spoil = (change: (bytes: Buffer) => void): Buffer => {
    const copy = Buffer.from(good);
    change(copy);
    return copy;
  };
  const { offsets } = layoutOf(recordHeader);
  const at = (field: string): number => offsets.get(field) ?? assert.fail(field);
  const bad = [
    spoil((bytes) => bytes.writeUInt32LE(8, at('size'))),
    spoil((bytes) => bytes.writeUInt32LE(maxRecordSize, at('size'))),
    spoil((bytes) => bytes.writeUInt16LE(2047, at('event'))),
    spoil((bytes) => bytes.writeUInt8(77, at('hook'))),
    spoil((bytes) => bytes.writeUInt16LE(60_000, at('slots') + 8)),
    spoil((bytes) => bytes.writeUInt16LE(0, at('slots') + 8)),
    good.subarray(0, 20),
  ];
  const chunks: string[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(Buffer.from(chunk).toString()),
    () => 'told',
  );
  for (const record of bad) {
    const { view, at: places } = ringOf([good, record]);
    const [first, second] = places;
    lines.append(view, ...(first ?? assert.fail()));
    assert.throws(() => lines.append(view, ...(second ?? assert.fail())), RangeError);
  }
  lines.flush();
  assert.equal(chunks.join(''), textOf(good).repeat(bad.length));
});

test('lines leave when they are many, and the others when they are asked for', () => {
  const record = encodeRecord({ event: 'openat', args: { pathname: { bytes: '/etc/passwd' } } });
  const chunks: number[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(chunk.length),
    () => 'told',
  );
  const { view, at } = ringOf([record]);
  const place = at[0] ?? assert.fail();
  const length = textOf(record).length;
  for (let count = 0; count < 1000; count++) lines.append(view, ...place);
  assert.ok(chunks.length > 0);
  lines.flush();
  lines.flush();
  assert.equal(
    chunks.reduce((sum, one) => sum + one, 0),
    1000 * length,
  );
});

const container: Container = {
  id: 'ab'.repeat(32),
  engine: 'docker',
  name: 'web',
  image: 'debian:12',
  owner: undefined,
  nested: [],
  isSettled: true,
  isOld: false,
};

test('a line names the container, and is not written while its name is on the way', () => {
  const chunks: string[] = [];
  const asked: bigint[] = [];
  let told: Container | undefined = { ...container, name: undefined, isSettled: false };
  const lines = new EventLines(
    (chunk) => chunks.push(Buffer.from(chunk).toString()),
    (event) => {
      asked.push(event.cgroupId);
      event.container = told;
      return told?.isSettled === false ? 'undecided' : 'told';
    },
  );
  const records = [1n, 2n, 2_000_000_000n].map((time) =>
    encodeRecord({ event: 'close', fields: { time, cgroup_id: 77n }, args: { fd: 3 } }),
  );
  const { view, at } = ringOf(records);
  const [first, second, later] = at;
  assert.equal(lines.append(view, ...(first ?? assert.fail())), false);
  told = container;
  assert.equal(lines.append(view, ...(first ?? assert.fail())), true);
  assert.equal(lines.append(view, ...(second ?? assert.fail())), true);
  assert.deepEqual(asked, [77n, 77n], 'it was asked for what the line before had');
  told = undefined;
  assert.equal(lines.append(view, ...(later ?? assert.fail())), true);
  lines.flush();
  const names = chunks
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { containerName?: string }).containerName);
  assert.deepEqual(names, ['web', 'web', undefined]);
});

test('a line that is longer than all others leaves whole', () => {
  const chunks: string[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(Buffer.from(chunk).toString()),
    (event) => {
      event.container = { ...container, image: 'ü'.repeat(400_000) };
      return 'told';
    },
  );
  const record = encodeRecord({ event: 'close', executable: { bytes: '/bin/a' }, args: { fd: 3 } });
  const { view, at } = ringOf([record]);
  lines.append(view, ...(at[0] ?? assert.fail()));
  lines.flush();
  assert.equal((JSON.parse(chunks.join('')) as { containerImage: string }).containerImage.length, 400_000);
});

test('nothing is written of a process that is not asked for', () => {
  const chunks: Uint8Array[] = [];
  const lines = new EventLines(
    (chunk) => chunks.push(chunk),
    () => 'untold',
  );
  const { view, at } = ringOf([encodeRecord({ event: 'close', args: { fd: 3 } })]);
  const place = at[0] ?? assert.fail();
  assert.equal(lines.append(view, ...place), true);
  assert.equal(lines.append(view, ...place), true);
  lines.flush();
  assert.deepEqual(chunks, []);
});
