import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkStatically, type StaticVerdict } from '../../src/check/static-check.js';
import { type CompileOptions, compileProgram } from './program-fixture.js';

function check(release: string, source: string, options: CompileOptions = {}): StaticVerdict {
  return checkStatically(compileProgram(source, options), '/o.o', release);
}

function rulesOf(verdict: StaticVerdict, name = 'program'): string[] {
  const program = verdict.programs.find((one) => one.name === name);
  assert.ok(program, `no program ${name}`);
  return program.problems.map(({ rule }) => rule);
}

/** Refused by the last series without the feature, taken by the first with it. */
function assertSince(
  rule: string,
  [last, first]: readonly [string, string],
  source: string,
  options: CompileOptions = {},
): void {
  assert.deepEqual(rulesOf(check(last, source, options)), [rule], `${rule} on ${last}`);
  assert.deepEqual(rulesOf(check(first, source, options)), [], `${rule} on ${first}`);
}

const counter = `
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");
`;

const clean = `${counter}
SEC("raw_tp/sys_enter") int program(__u64 *ctx)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);
	if (count)
		__sync_fetch_and_add(count, ctx[1]);
	return 0;
}`;

test('a program that asks for nothing new is loadable on the oldest kernel', () => {
  const verdict = check('4.18.0-25-generic', clean);
  assert.deepEqual(verdict.programs, [
    {
      name: 'program',
      section: 'raw_tp/sys_enter',
      instructions: verdict.programs[0]?.instructions,
      isLastRung: true,
      problems: [],
    },
  ]);
  assert.equal(verdict.isServable, true);
});

test('a program is as long as itself and its subprograms together', () => {
  const whole = check(
    '6.1',
    `
static __attribute__((noinline)) __u64 twice(__u64 n) { return n * 2 + bpf_ktime_get_ns(); }
SEC("raw_tp/a") int program(__u64 *ctx) { return twice(ctx[0]) > 7; }
SEC("raw_tp/b") int alone(__u64 *ctx) { return ctx[0] > 7; }`,
  );
  const [program, alone] = whole.programs;
  assert.ok(program && alone);
  assert.ok(program.instructions > alone.instructions + 3);
});

test('more than 4096 instructions are refused below 5.2', () => {
  const long = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	asm volatile(".rept 4200; r1 = *(u64 *)(r10 - 8); .endr" ::: "r1");
	return 0;
}`;
  assertSince('program-size', ['5.1', '5.2'], long);
  assert.match(
    check('5.1', long).programs[0]?.problems[0]?.message ?? '',
    /4096 is the limit below Linux 5\.2/,
  );
});

test('32-bit jumps are refused below 5.1', () => {
  assertSince(
    'jmp32',
    ['5.0', '5.1'],
    'SEC("raw_tp/a") int program(__u64 *ctx) { return (__u32)bpf_ktime_get_ns() > (__u32)ctx[0]; }',
    { mcpu: 'v3' },
  );
});

test('a loop is refused below 5.3, and named with where it is', () => {
  const loop = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	__u64 sum = 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 100; i++) {
		asm volatile("" : "+r"(sum));
		sum += bpf_get_prandom_u32();
	}
	return sum > ctx[0];
}`;
  assertSince('loop', ['5.2', '5.3'], loop);
  assert.match(
    check('5.2', loop).programs[0]?.problems[0]?.message ?? '',
    /in program, from instruction \d+ to \d+/,
  );
});

test('a jump back that closes no loop is none', () => {
  const zigzag = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	asm volatile("goto 3f; 2: goto 4f; 3: goto 2b; 4: r0 = 0;" ::: "r0");
	return 0;
}`;
  assert.deepEqual(rulesOf(check('4.18', zigzag)), []);
});

test('global data is refused below 5.2, of any kind', () => {
  const using = (data: string) =>
    `${data}\nSEC("raw_tp/a") int program(__u64 *ctx) { return value == ctx[0]; }`;
  assertSince('global-data', ['5.1', '5.2'], using('__u64 value = 5;'));
  assertSince('global-data', ['5.1', '5.2'], using('__u64 value;'));
  assertSince(
    'global-data',
    ['5.1', '5.2'],
    using('volatile const __u64 value SEC(".rodata.settings") = 1;'),
  );
});

test('a helper is refused where it is newer than the kernel', () => {
  const calling = (call: string) => `SEC("raw_tp/a") int program(__u64 *ctx) { return ${call} > ctx[0]; }`;
  assertSince('helper', ['5.7', '5.8'], calling('bpf_ktime_get_boot_ns()'));
  assertSince('helper', ['5.5', '5.6'], calling('bpf_jiffies64()'));
});

test('reading helpers that libbpf replaces on old kernels are no obstacle there', () => {
  const reading = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	__u64 value = 0;
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx[0]);
	return value > 1;
}`;
  assert.deepEqual(rulesOf(check('4.18', reading)), []);
});

test('a helper in a branch that asks the kernel for it first is no obstacle', () => {
  const asking = (condition: string) => `
enum bpf_func_id___own { BPF_FUNC_ktime_get_boot_ns___own = 125 };
SEC("raw_tp/a") int program(__u64 *ctx)
{
	if (${condition})
		return bpf_ktime_get_boot_ns() > ctx[0];
	return bpf_ktime_get_ns() > ctx[0];
}`;
  const exists =
    '__builtin_preserve_enum_value(*(enum bpf_func_id___own *)BPF_FUNC_ktime_get_boot_ns___own, 0)';
  assert.deepEqual(rulesOf(check('5.7', asking(exists))), []);
  assert.deepEqual(rulesOf(check('5.7', asking(`!${exists}`))), ['helper']);
  assert.deepEqual(rulesOf(check('5.7', asking('ctx[1]'))), ['helper']);
});

test('a map is refused where its type is newer than the kernel, for the programs that use it', () => {
  const source = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("raw_tp/a") int program(__u64 *ctx) { return bpf_ringbuf_output(&events, ctx, 8, 0); }
SEC("raw_tp/b") int other(__u64 *ctx) { return 0; }`;
  const verdict = check('5.7', source);
  assert.deepEqual(rulesOf(verdict).toSorted(), ['helper', 'map-type']);
  assert.deepEqual(rulesOf(verdict, 'other'), []);
  assert.deepEqual(rulesOf(check('5.8', source)), []);
});

test('a branch that a setting of the loader rules out is no obstacle from 5.5 on, in one and the same way for all', () => {
  const source = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
volatile const struct { __u32 before; __u32 buffer; } settings SEC(".rodata.settings");
SEC("raw_tp/a") int program(__u64 *ctx)
{
	if (settings.buffer == 1)
		return bpf_ringbuf_output(&events, ctx, 8, 0);
	return 0;
}`;
  assert.deepEqual(rulesOf(check('5.5', source)), []);
  assert.deepEqual(rulesOf(check('5.4', source)).toSorted(), ['helper', 'map-type']);
  const opposite = source.replaceAll('program', 'other').split('SEC("raw_tp/a")')[1]?.replace('==', '!=');
  const both = check('5.5', `${source}\nSEC("raw_tp/b") ${opposite}`);
  assert.equal(both.programs.filter(({ problems }) => problems.length === 0).length, 1);
});

test('a program is refused where its type is newer than the kernel', () => {
  const on = (section: string) => `SEC("${section}") int program(__u64 *ctx) { return 0; }`;
  assertSince('program-type', ['5.4', '5.5'], on('fentry/do_exit'));
  assertSince('program-type', ['5.4', '5.5'], on('fexit/do_exit'));
  assertSince('program-type', ['5.4', '5.5'], on('tp_btf/sched_process_exec'));
  assertSince('program-type', ['5.6', '5.7'], on('lsm/file_open'));
  assertSince('sleepable', ['5.9', '5.10'], on('lsm.s/file_open'));
});

test('a program that others stand in for leaves the object servable, a last rung does not', () => {
  const both = `
SEC("fentry/do_exit") int fentry__do_exit(__u64 *ctx) { return 0; }
SEC("kprobe/do_exit") int kprobe__do_exit(void *ctx) { return HELPER() > 5; }`;
  const servable = check('5.4', both.replace('HELPER', 'bpf_ktime_get_ns'));
  assert.deepEqual(rulesOf(servable, 'fentry__do_exit'), ['program-type']);
  assert.equal(servable.isServable, true);
  assert.equal(check('5.4', both.replace('HELPER', 'bpf_ktime_get_boot_ns')).isServable, false);
});

test('atomic operations that return a value are refused below 5.12, plain addition never', () => {
  assertSince(
    'atomics',
    ['5.11', '5.12'],
    clean.replace('__sync_fetch_and_add(count, ctx[1])', 'return __sync_fetch_and_add(count, ctx[1])'),
    { mcpu: 'v3' },
  );
});

test('stack beyond 512 bytes is refused everywhere, over a chain of calls too', () => {
  const writing = (depth: number) => `
static __attribute__((noinline)) int inner(void)
{
	asm volatile("r1 = r10; r1 += -200; *(u64 *)(r1 - 56) = r1" ::: "r1");
	return bpf_get_prandom_u32();
}
SEC("raw_tp/a") int program(__u64 *ctx)
{
	asm volatile("r1 = 0; *(u64 *)(r10 - ${depth}) = r1" ::: "r1");
	return inner();
}`;
  assert.deepEqual(rulesOf(check('6.1', writing(256))), []);
  assert.deepEqual(rulesOf(check('6.1', writing(264))), ['stack']);
  assert.match(
    check('6.1', writing(264)).programs[0]?.problems[0]?.message ?? '',
    /544 bytes of stack \(264 \+ 256 in a chain of calls\)/,
  );
});

test('a buffer on the stack that a helper fills counts from its start', () => {
  const filling = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	asm volatile("r1 = r10; r1 += -520; r2 = 8; r3 = 0; call 4" ::: "r0", "r1", "r2", "r3", "r4", "r5");
	return 0;
}`;
  assert.deepEqual(rulesOf(check('6.1', filling)), ['stack']);
});

test('kernel functions and callbacks are refused below 5.13', () => {
  assertSince(
    'kernel-function',
    ['5.12', '5.13'],
    `extern int bpf_fancy(void) __attribute__((section(".ksyms")));
SEC("raw_tp/a") int program(__u64 *ctx) { return bpf_fancy(); }`,
  );
  const callback = `
static long step(__u32 i, void *ctx) { return i > 3; }
SEC("raw_tp/a") int program(__u64 *ctx) { return bpf_loop(10, step, 0, 0); }`;
  assert.deepEqual(rulesOf(check('5.12', callback)).toSorted(), ['callback', 'helper']);
  assert.deepEqual(rulesOf(check('5.17', callback)), []);
});

test("a kernel's own list of what it has outranks its version", () => {
  const object = compileProgram(
    'SEC("raw_tp/a") int program(__u64 *ctx) { return bpf_ktime_get_boot_ns() > ctx[0]; }',
  );
  const base = ['BPF_PROG_TYPE_RAW_TRACEPOINT'];
  const backported = new Set([...base, 'BPF_FUNC_ktime_get_boot_ns']);
  const rules = (release: string, names: ReadonlySet<string>) =>
    rulesOf(checkStatically(object, '/o.o', release, { names }));
  assert.deepEqual(rules('4.18.0-305.el8.x86_64', backported), []);
  assert.deepEqual(rules('6.1', new Set(base)), ['helper']);
});

test('an object that was compiled as for another version is checked for that one', () => {
  const verdict = check(
    '6.1.0-50-amd64+assumed-4.18',
    'SEC("fentry/do_exit") int program(__u64 *ctx) { return 0; }',
  );
  assert.deepEqual(rulesOf(verdict), ['program-type']);
});

test('a release without a version, and a file that is no object, are refused', () => {
  assert.throws(() => check('generic', clean), { code: 'KERNEL_RELEASE_INVALID' });
  assert.throws(() => checkStatically(Buffer.from('text'), '/o.o', '6.1'), { code: 'OBJECT_INVALID' });
});
