import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  BpfObject,
  callKernel,
  isMapTypeSupported,
  LibbpfError,
  mapTypes,
  verdictOf,
} from '../../src/libbpf/index.js';
import { compileBpf } from '../compiler.js';

/* Loads BPF: needs root, or CAP_BPF and CAP_PERFMON. */

const object = compileBpf(`
struct {
	__uint(type, 2 /* array */);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

volatile const __u32 answer SEC(".rodata.answer") = 7;

SEC("raw_tp") int seven(void *ctx) { return answer; }

SEC("raw_tp/sys_enter") int bad(void *ctx)
{
	return *(volatile int *)(bpf_get_current_pid_tgid() | 1);
}
`);

interface Outcome {
  succeeded?: true;
  call: string;
  code: string;
  errno: number;
  errnoName: string;
  log: string;
  message: string;
  programName?: string;
}

/** What a program of its own catches, so that its stderr can be looked at. */
function failingCalls(): { outcomes: Record<string, Outcome>; stderr: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-libbpf-'));
  try {
    const path = join(directory, 'object.o');
    writeFileSync(path, object);
    const script = fileURLToPath(new URL('failing-calls.ts', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, path], {
      encoding: 'utf8',
    });
    assert.notEqual(stdout, '', stderr);
    return { outcomes: JSON.parse(stdout) as Record<string, Outcome>, stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const { outcomes, stderr } = failingCalls();

test('nothing that libbpf says reaches stderr', () => {
  assert.equal(stderr, '');
});

test('bytes that are no object are refused with the number and the words of libbpf', () => {
  const { garbage, empty } = outcomes;
  assert.equal(garbage?.code, 'LIBBPF_FAILED');
  assert.equal(garbage.call, 'bpf_object__open_mem');
  assert.equal(garbage.errno, 4001);
  assert.match(garbage.message, /^bpf_object__open_mem failed: error 4001, BPF object format invalid$/);
  assert.match(garbage.log, /^libbpf: .*(?:ELF|elf)/m);
  assert.equal(empty?.call, 'bpf_object__open_mem');
  assert.equal(empty.errnoName, 'EINVAL');
});

test("a program that the verifier refuses is named, with the verifier's log", () => {
  const { refused } = outcomes;
  assert.equal(refused?.call, 'bpf_object__load');
  assert.equal(refused.programName, 'bad');
  assert.equal(refused.errnoName, 'EACCES');
  assert.match(refused.message, /^bpf_object__load \(program bad\) failed: EACCES, Permission denied$/);
  assert.match(refused.log, /BEGIN PROG LOAD LOG/);
  assert.equal(verdictOf(refused.log), "R0 invalid mem access 'scalar'");
});

test('of a log that is too long to keep the end is kept, which has the verdict', () => {
  using long = BpfObject.openMemory(
    compileBpf(`
SEC("raw_tp/sys_enter") int bad(void *ctx)
{
	volatile __u64 sum = 0;

	for (int i = 0; i < 10000; i++)
		sum += i;
	return *(volatile int *)(bpf_get_current_pid_tgid() | 1) + sum;
}
`),
  );
  assert.throws(
    () => long.load(),
    (error) => {
      assert.ok(error instanceof LibbpfError);
      assert.match(error.log, /^\[\d{6,} bytes left out\]$/m);
      assert.equal(verdictOf(error.log), "R0 invalid mem access 'scalar'");
      return true;
    },
  );
});

test('a file that is no BTF is refused with its name', () => {
  assert.match(outcomes['btf']?.message ?? '', /^btf__parse \(.*failing-calls\.ts\) failed: /);
});

test('an error number of the system has its name and words', () => {
  const error = new LibbpfError('bpf_object__load', constants.errno.EPERM);
  assert.equal(error.errnoName, 'EPERM');
  assert.equal(error.message, 'bpf_object__load failed: EPERM, Operation not permitted');
  assert.equal(error.status, 1);
});

test('an object lists its programs and maps', () => {
  using opened = BpfObject.openMemory(object);
  assert.deepEqual(
    opened.programs().map(({ name, section }) => [name, section]),
    [
      ['seven', 'raw_tp'],
      ['bad', 'raw_tp/sys_enter'],
    ],
  );
  assert.ok(opened.program('seven').instructionCount > 0);
  assert.deepEqual(
    opened.maps().map(({ name }) => name),
    ['numbers', '.rodata.answer'],
  );
  assert.throws(() => opened.program('eight'), {
    name: 'RangeError',
    message: 'no program eight in this object; it has seven, bad',
  });
  assert.throws(() => opened.map('letters'), {
    name: 'RangeError',
    message: 'no map letters in this object; it has numbers, .rodata.answer',
  });
});

test('a program that is not set to load cannot spoil the object', () => {
  using opened = BpfObject.openMemory(object);
  assert.equal(opened.program('bad').isAutoload, true);
  opened.program('bad').setAutoload(false);
  assert.equal(opened.program('bad').isAutoload, false);
  assert.equal(opened.isLoaded, false);
  opened.load();
  assert.equal(opened.isLoaded, true);
  assert.equal(opened.program('seven').testRun().returnValue, 7);
});

test('an object does not need the bytes that it was opened from', () => {
  const bytes = Buffer.from(object);
  using opened = BpfObject.openMemory(bytes);
  bytes.fill(0xff);
  opened.program('bad').setAutoload(false);
  opened.load();
  assert.equal(opened.program('seven').testRun().returnValue, 7);
});

test('a failed load leaves an object that can be closed, and the same bytes can be opened again', () => {
  const first = BpfObject.openMemory(object);
  assert.throws(() => first.load(), LibbpfError);
  assert.equal(first.isLoaded, false);
  first.close();
  using second = BpfObject.openMemory(object);
  second.program('bad').setAutoload(false);
  second.load();
});

test('a closed object refuses every use, and closing twice is harmless', () => {
  const opened = BpfObject.openMemory(object);
  const program = opened.program('seven');
  const map = opened.map('numbers');
  opened.program('bad').setAutoload(false);
  opened.load();
  opened.close();
  opened.close();
  const closed = { name: 'RangeError', message: 'this BPF object is closed' };
  assert.throws(() => opened.load(), closed);
  assert.throws(() => program.fd, closed);
  assert.throws(() => program.isAutoload, closed);
  assert.throws(() => program.setAutoload(true), closed);
  assert.throws(() => program.testRun(), closed);
  assert.throws(() => program.attach(), closed);
  assert.throws(() => program.attachRawTracepoint('sys_enter'), closed);
  assert.throws(() => map.fd, closed);
  assert.throws(() => map.valueSize, closed);
  assert.throws(() => map.get(Buffer.alloc(4)), closed);
  assert.throws(() => map.set(Buffer.alloc(4), Buffer.alloc(8)), closed);
  assert.throws(() => map.delete(Buffer.alloc(4)), closed);
  assert.throws(() => [...map.entries()], closed);
  assert.throws(() => map.setMaxEntries(1), closed);
});

test('a tracepoint that does not exist is refused with the call and the number', () => {
  using opened = BpfObject.openMemory(object);
  opened.program('bad').setAutoload(false);
  opened.load();
  assert.throws(() => opened.program('seven').attachRawTracepoint('no_such_tracepoint'), {
    call: 'bpf_program__attach_raw_tracepoint (seven)',
    errnoName: 'ENOENT',
  });
});

test('constants are set before loading, all of them at once', () => {
  using opened = BpfObject.openMemory(object);
  opened.program('bad').setAutoload(false);
  const section = opened.map('.rodata.answer');
  assert.throws(() => section.setInitialValue(new Uint8Array(3)), {
    name: 'RangeError',
    message: 'initial value of map .rodata.answer must have 4 bytes, not 3',
  });
  section.setInitialValue(new Uint8Array([42, 0, 0, 0]));
  opened.load();
  assert.equal(opened.program('seven').testRun().returnValue, 42);
  assert.throws(() => section.setInitialValue(new Uint8Array(4)), { code: 'LIBBPF_FAILED' });
});

test('a program that was never entered twice has no skipped runs', () => {
  using opened = BpfObject.openMemory(object);
  opened.program('bad').setAutoload(false);
  opened.load();
  assert.equal(opened.program('seven').skippedRuns(), 0n);
});

test('the verdict is the last words of the verifier before its statistics, where it was asked', () => {
  const log = [
    "libbpf: prog 'one': -- BEGIN PROG LOAD LOG --",
    '0: R1=ctx(off=0,imm=0) R10=fp0',
    "R2 unbounded memory access, use 'var &= const' or 'if (var < const)'",
    'processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1',
    '-- END PROG LOAD LOG --',
    "libbpf: failed to load program 'one'",
  ].join('\n');
  assert.equal(verdictOf(log), "R2 unbounded memory access, use 'var &= const' or 'if (var < const)'");
  assert.equal(verdictOf("libbpf: prog 'one': failed to find attach target"), undefined);
  assert.equal(verdictOf(''), undefined);
});

test('what the kernel has is asked of the kernel', () => {
  assert.equal(isMapTypeSupported(mapTypes.ringBuffer), true);
  assert.equal(isMapTypeSupported(9999), false);
});

test('a system call is made by its number, and a failure is -1', () => {
  const { getpid, chdir } = process.arch === 'x64' ? { getpid: 39, chdir: 80 } : { getpid: 172, chdir: 49 };
  assert.equal(callKernel(getpid, null), process.pid);
  assert.equal(callKernel(chdir, '/no/such/directory'), -1);
});
