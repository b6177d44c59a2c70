import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readElf } from '../../src/artifact/elf.js';
import { hookKinds, layoutOf, maxAncestors, recordFlags, recordHeader } from '../../src/events/layout.js';
import { decodeRecord, eventIdOf, type ArgumentValue, type TracedEvent } from '../../src/events/record.js';
import { catalogue } from '../../src/events/catalogue/index.js';
import { compileBpf } from '../compiler.js';
import { decode, encodeRecord, recordedEvent, reference, setSlot } from './record-encoder.js';

const header = layoutOf(recordHeader);

function valueOf(event: TracedEvent, name: string): ArgumentValue | undefined {
  return event.arguments.find((argument) => argument.definition.name === name)?.value;
}

function names(event: TracedEvent): string[] {
  return event.arguments.map((argument) => argument.definition.name);
}

test('every field of the header reaches the event', () => {
  const event = recordedEvent({
    event: 'ptrace',
    hook: 'kprobe',
    fields: {
      flags: recordFlags.compat | recordFlags.forked | recordFlags.terminal | recordFlags.followed,
      time: 176_751_746_515_123n,
      return_value: -1n,
      start_time: 11n,
      parent_start_time: 12n,
      cgroup_id: 0xffff_ffff_ffff_ffffn,
      host_tid: 13,
      host_pid: 14,
      host_ppid: 15,
      ns_tid: 16,
      ns_pid: 17,
      ns_ppid: 18,
      uid: 0xffff_fffe,
      mnt_ns: 4_026_531_840,
      pid_ns: 4_026_531_836,
      cpu: 127,
      comm: 'sixteen-bytes-ab',
      uts_name: 'web-1',
    },
  });
  const { definition, ...rest } = event;
  assert.equal(definition.name, 'ptrace');
  assert.deepEqual(rest, {
    time: 176_751_746_515_123,
    returnValue: -1,
    startTime: 11,
    parentStartTime: 12,
    cgroupId: 0xffff_ffff_ffff_ffffn,
    container: undefined,
    hostTid: 13,
    hostPid: 14,
    hostPpid: 15,
    tid: 16,
    pid: 17,
    ppid: 18,
    uid: 0xffff_fffe,
    mountNamespace: 4_026_531_840,
    pidNamespace: 4_026_531_836,
    cpu: 127,
    hook: 'kprobe',
    isCompat: true,
    comm: 'sixteen-bytes-ab',
    hostName: 'web-1',
    executable: undefined,
    executableFile: undefined,
    isForked: true,
    hasTerminal: true,
    isFollowed: true,
    stack: undefined,
    ancestors: [],
    areAncestorsCut: false,
    arguments: [],
  });
});

test('a record laid out by the C compiler is read as the C source says', () => {
  const generated = readFileSync(new URL('../../../bpf/generated/events.h', import.meta.url), 'utf8');
  const object = compileBpf(`${generated}
    struct { struct record_header header; char data[24]; } sample SEC("record_bytes") = {
      .header = {
        .size = sizeof(sample), .event = EVENT_EXECVE, .return_value = -2, .host_pid = 4242, .uid = 1000,
        .arguments = 1 << 0 | 1 << 1, .hook = HOOK_RAW_TRACEPOINT, .comm = "bash", .uts_name = "web-1",
        .executable = sizeof(struct record_header) | 9ULL << 16 | 9ULL << 32,
        .slots = { (sizeof(struct record_header) + 9) | 7ULL << 16 | 7ULL << 32,
                   (sizeof(struct record_header) + 16) | 6ULL << 16 | (2ULL | CUT_BIT) << 32 },
      },
      .data = "/bin/bash" "/bin/ls" "ls\\0-l",
    };`);
  const section = readElf(object, 'object').sections.find(({ name }) => name === 'record_bytes');
  assert.ok(section !== undefined);
  const event = decode(section.bytes);
  assert.equal(event.definition.name, 'execve');
  assert.equal(event.returnValue, -2);
  assert.equal(event.hostPid, 4242);
  assert.equal(event.uid, 1000);
  assert.equal(event.hook, 'raw_tracepoint');
  assert.equal(event.comm, 'bash');
  assert.equal(event.hostName, 'web-1');
  assert.equal(event.executable, '/bin/bash');
  assert.equal(valueOf(event, 'pathname'), '/bin/ls');
  assert.deepEqual(valueOf(event, 'argv'), ['ls', '-l']);
  assert.deepEqual(event.arguments[1]?.cut, { full: 2 });
});

test('signed 32-bit arguments keep their sign and unsigned ones their size', () => {
  const extremes = recordedEvent({
    event: 'security_file_open',
    args: { pathname: { bytes: '/' }, flags: -2_147_483_648, dev: 0xffff_ffff, inode: 0 },
  });
  assert.equal(valueOf(extremes, 'flags'), -2_147_483_648);
  assert.equal(valueOf(extremes, 'dev'), 0xffff_ffff);
  const negative = recordedEvent({ event: 'sched_process_exit', args: { exit_code: -1 } });
  assert.equal(valueOf(negative, 'exit_code'), -1);
});

test('64-bit arguments are exact over their whole range', () => {
  const inode = (value: bigint): ArgumentValue | undefined =>
    valueOf(recordedEvent({ event: 'security_file_open', args: { inode: value } }), 'inode');
  const request = (value: bigint): ArgumentValue | undefined =>
    valueOf(recordedEvent({ event: 'ptrace', args: { request: value } }), 'request');
  assert.equal(inode(0n), 0);
  assert.equal(inode(0x1f_ffff_ffff_ffffn), Number.MAX_SAFE_INTEGER);
  assert.equal(inode(0x20_0000_0000_0001n), 0x20_0000_0000_0001n);
  assert.equal(inode(0xffff_ffff_ffff_ffffn), 0xffff_ffff_ffff_ffffn);
  assert.equal(request(-1n), -1);
  assert.equal(request(-0x8000_0000_0000_0000n), -0x8000_0000_0000_0000n);
  assert.equal(request(0x7fff_ffff_ffff_ffffn), 0x7fff_ffff_ffff_ffffn);
});

test('an address is 0x and upper-case hexadecimal digits', () => {
  const event = recordedEvent({ event: 'ptrace', args: { addr: 0n, data: 0xffff_8880_dead_beefn } });
  assert.equal(valueOf(event, 'addr'), '0x0');
  assert.equal(valueOf(event, 'data'), '0xFFFF8880DEADBEEF');
});

test('strings and string arrays are read from the data area, empty ones included', () => {
  const event = recordedEvent({
    event: 'execve',
    args: { pathname: { bytes: '/opt/grün' }, argv: { bytes: 'a\0\0b c\0', full: 3 } },
  });
  assert.equal(valueOf(event, 'pathname'), '/opt/grün');
  assert.deepEqual(valueOf(event, 'argv'), ['a', '', 'b c']);
  assert.ok(event.arguments.every((argument) => argument.cut === undefined));
  const empty = recordedEvent({
    event: 'execve',
    args: { pathname: { bytes: '' }, argv: { bytes: '', full: 0 } },
  });
  assert.equal(valueOf(empty, 'pathname'), '');
  assert.deepEqual(valueOf(empty, 'argv'), []);
});

test('bytes that are no UTF-8 are kept', () => {
  const event = recordedEvent({
    event: 'execve',
    args: { pathname: { bytes: Buffer.from([0x2f, 0xff, 0x61]) } },
  });
  assert.equal(valueOf(event, 'pathname'), '/\udcffa');
});

test('what was cut is marked with how much there was, where the kernel side knew', () => {
  const event = recordedEvent({
    event: 'execve',
    args: {
      pathname: { bytes: 'a'.repeat(4095), isCut: true },
      argv: { bytes: 'ls\0-', full: 70_000, isCut: true },
    },
  });
  assert.deepEqual(
    event.arguments.map((argument) => argument.cut),
    [{ full: undefined }, { full: 70_000 }],
  );
  assert.deepEqual(valueOf(event, 'argv'), ['ls', '-']);
});

test('arguments that could not be read are absent and the others keep their names', () => {
  assert.deepEqual(names(recordedEvent({ event: 'ptrace' })), []);
  assert.deepEqual(names(recordedEvent({ event: 'ptrace', args: { data: 1, pid: 2 } })), ['pid', 'data']);
  const unknownBits = recordedEvent({ event: 'sched_process_exit', fields: { arguments: 0xffff } });
  assert.deepEqual(names(unknownBits), ['exit_code', 'process_group_exit']);
});

test('ancestors come nearest first, and a cut chain says so', () => {
  const chain = Array.from({ length: maxAncestors }, (_, index) => ({
    hostPid: 100 - index,
    pid: 50 - index,
    startTime: BigInt(1000 - index),
    comm: `parent-${index}`,
  }));
  const event = recordedEvent({
    event: 'execve',
    fields: { flags: recordFlags.ancestryCut },
    ancestors: chain,
    executable: { bytes: '/usr/bin/env' },
    args: { pathname: { bytes: '/bin/true' } },
  });
  assert.deepEqual(
    event.ancestors,
    chain.map((one) => ({ ...one, startTime: Number(one.startTime) })),
  );
  assert.equal(event.areAncestorsCut, true);
  assert.equal(event.executable, '/usr/bin/env');
  assert.equal(valueOf(event, 'pathname'), '/bin/true');
  assert.deepEqual(recordedEvent({ event: 'execve', ancestors: [] }).ancestors, []);
});

test('each kind of hook is named', () => {
  for (const [kind, code] of Object.entries(hookKinds)) {
    assert.equal(recordedEvent({ event: 'execve', fields: { hook: code } }).hook, kind);
  }
});

test('the event id is read without decoding the rest', () => {
  const record = encodeRecord({ event: 'ptrace' });
  const padded = Buffer.concat([Buffer.alloc(24, 0xff), record]);
  assert.equal(eventIdOf(new DataView(padded.buffer, padded.byteOffset, padded.length), 24), 101);
});

test('padding behind a record is not part of it', () => {
  const record = encodeRecord({ event: 'execve', args: { pathname: { bytes: '/bin/ls' } } });
  const padded = Buffer.concat([record, Buffer.alloc(5, 0x5a)]);
  assert.equal(valueOf(decode(padded), 'pathname'), '/bin/ls');
  setSlot(padded, 0, reference(header.size, 12, 12, false));
  assert.throws(() => decode(padded), RangeError);
});

test('a record shorter than its header, or than it says, is refused with both sizes', () => {
  const record = encodeRecord({ event: 'execve', args: { pathname: { bytes: '/bin/ls' } } });
  assert.throws(() => decode(record.subarray(0, header.size - 1)), {
    name: 'RangeError',
    message: `a record of ${header.size - 1} bytes is shorter than its header`,
  });
  assert.throws(() => decode(record.subarray(0, record.length - 1)), {
    name: 'RangeError',
    message: `a record of ${record.length - 1} bytes says that it has ${record.length}`,
  });
  assert.throws(() => decode(Buffer.alloc(0)), RangeError);
  const small = encodeRecord({ event: 'execve', fields: { size: header.size - 1 } });
  assert.throws(() => decode(small), /says that it has/);
});

test('a record outside of its buffer is refused, though there is memory behind', () => {
  const record = encodeRecord({ event: 'execve' });
  const memory = Buffer.concat([record, record, record]);
  const view = new DataView(memory.buffer, memory.byteOffset + record.length, record.length);
  assert.equal(decodeRecord(view, 0, record.length).definition.name, 'execve');
  assert.throws(() => decodeRecord(view, 8, record.length), RangeError);
  assert.throws(() => decodeRecord(view, 0, record.length + 8), RangeError);
  assert.throws(() => decodeRecord(view, -8, record.length), RangeError);
});

test('a record of an unknown event or hook is refused with the number', () => {
  assert.throws(() => recordedEvent({ event: 'execve', fields: { event: 2047 } }), {
    name: 'RangeError',
    message: 'a record has the unknown event id 2047',
  });
  assert.throws(() => recordedEvent({ event: 'execve', fields: { hook: 99 } }), {
    name: 'RangeError',
    message: 'a record has the unknown hook 99',
  });
});

test('a reference past the end of the record is refused', () => {
  const record = encodeRecord({ event: 'execve', args: { pathname: { bytes: '/bin/ls' } } });
  for (const [offset, length] of [
    [header.size, 8],
    [header.size + 1, 7],
    [record.length, 1],
    [0xffff, 0xffff],
    [0xffff, 0],
  ] as const) {
    setSlot(record, 0, reference(offset, length, length, false));
    assert.throws(() => decode(record), RangeError, `${length} bytes at ${offset}`);
  }
});

test('a reference into the header is refused, so that it cannot pose as a string', () => {
  const record = encodeRecord({ event: 'execve', args: { pathname: { bytes: '/bin/ls' } } });
  for (const offset of [0, 104, header.size - 1]) {
    setSlot(record, 0, reference(offset, 4, 4, false));
    assert.throws(() => decode(record), { name: 'RangeError', message: /refers to its own header/ });
  }
  const executable = encodeRecord({ event: 'execve', fields: { executable: reference(104, 4, 4, false) } });
  assert.throws(() => decode(executable), /refers to its own header/);
});

test('an ancestry block that is not there is refused, and more ancestors than fit are not read', () => {
  const promised = { flags: recordFlags.ancestry, ancestors: 1 };
  assert.throws(() => recordedEvent({ event: 'execve', fields: promised }), RangeError);
  const [one] = recordedEvent({
    event: 'execve',
    ancestors: [{ hostPid: 1, pid: 1, startTime: 1n, comm: 'init' }],
  }).ancestors;
  assert.equal(one?.comm, 'init');
  const record = encodeRecord({ event: 'execve', ancestors: [] });
  record.writeUInt8(255, header.offsets.get('ancestors') ?? 0);
  assert.equal(decode(record).ancestors.length, maxAncestors);
});

test('ten thousand records of garbage raise nothing but RangeError and show nothing of the memory around', () => {
  const random = randomFrom(0x7a3c_91e5);
  const secret = '\u2603'.repeat(64);
  const around = Buffer.from(secret);
  let decoded = 0;
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    const length = random() % 600;
    const record = Buffer.from(Array.from({ length }, () => random() & 0x7f));
    if (round % 4 > 0 && length >= header.size) makePlausible(record, random);
    const memory = Buffer.concat([around, record, around]);
    const view = new DataView(memory.buffer, memory.byteOffset + around.length, length);
    try {
      const event = decodeRecord(view, 0, length);
      decoded += 1;
      const shown = JSON.stringify(event, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      assert.ok(!/[\u2603\ufffd]/.test(shown), `round ${round}: ${shown}`);
    } catch (error) {
      refused += 1;
      assert.ok(error instanceof RangeError, `round ${round}: ${String(error)}`);
    }
  }
  assert.ok(decoded > 500, `only ${decoded} of the records were plausible enough to be decoded`);
  assert.ok(refused > 500, `only ${refused} of the records were refused`);
});

/** A known event and hook, the right size, and references of which many are just about inside. */
function makePlausible(record: Buffer, random: () => number): void {
  record.writeUInt32LE(record.length - (random() % 3), header.offsets.get('size') ?? 0);
  record.writeUInt16LE(catalogue[random() % catalogue.length]?.id ?? 0, header.offsets.get('event') ?? 0);
  record.writeUInt8(1 + (random() % 5), header.offsets.get('hook') ?? 0);
  record.writeUInt16LE(random() & 7, header.offsets.get('flags') ?? 0);
  const near = (): bigint => {
    const offset = header.size - 2 + (random() % Math.max(record.length - header.size, 1));
    return reference(offset, random() % (record.length - header.size + 4), random(), random() % 2 === 0);
  };
  record.writeBigUInt64LE(random() % 2 === 0 ? 0n : near(), header.offsets.get('executable') ?? 0);
  for (let slot = 0; slot < 8; slot++) setSlot(record, slot, near());
}

/** Numbers of 31 bits that are the same in every run (xorshift32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}

test('a stack stands behind the header, or behind the ancestry, up to its first zero', () => {
  const stack = [0x7fff_ffff_f000n, 0xffff_ffff_ffff_fff0n];
  const executable = { bytes: '/usr/bin/ls' };
  const ancestors = [{ hostPid: 3, pid: 3, startTime: 5n, comm: 'sh' }];
  assert.deepEqual(recordedEvent({ event: 'ptrace', stack }).stack, stack);
  const explained = recordedEvent({ event: 'ptrace', stack, executable, ancestors });
  assert.deepEqual(explained.stack, stack);
  assert.equal(explained.executable, '/usr/bin/ls');
  assert.equal(explained.ancestors[0]?.comm, 'sh');
  const full = Array.from({ length: 20 }, (_, index) => BigInt(index + 1));
  assert.deepEqual(recordedEvent({ event: 'ptrace', stack: full }).stack, full);
  assert.deepEqual(recordedEvent({ event: 'ptrace', stack: [] }).stack, []);
});
