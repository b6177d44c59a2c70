import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BpfObject } from 'tracee/libbpf';
import { BenchError } from '../error.js';
import type { Measured, Metric } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { stormPrograms } from '../paths.js';
import { plannedHooks } from '../plan.js';
import { Running, runCounts, startTracee, storm, traceStorm } from '../running.js';
import { ratiosOf, summarize } from '../statistics.js';

/** After it is armed, Node still tidies up after its start. */
const settleMs = 1000;

/** Processor time of one storm, in nanoseconds per call; the machine may be shared, its clock on the wall is not ours. */
type Runs = Record<'nothing' | 'empty' | 'tracee', number[]>;

/** What default detection costs a program whose system calls nobody asked for. */
export async function measureTax(effort: Effort): Promise<Measured> {
  const calls = pick(effort, 500_000, 5_000_000);
  const rounds = pick(effort, 2, 9);
  const runs: Runs = { nothing: [], empty: [], tracee: [] };
  for (let round = 0; round < rounds; round++) {
    effort.onProgress(`tax: round ${round + 1} of ${rounds}`);
    runs.nothing.push(await runAlone(calls));
    runs.empty.push(await runWithEmptyProgram(calls));
    runs.tracee.push((await runUnderTracee(calls)).nsPerCall);
  }
  const hooks = plannedHooks();
  return { metrics: describe(runs, hooks) };
}

/**
 * In a VM, either how often our programs run during the storm, by the kernel's own counts (which cost time),
 * or the instructions of a call, where the guest's clock counts a nanosecond for each.
 */
export async function measureCountedTax(calls: number, what: 'runs' | 'instructions'): Promise<Measured> {
  return { metrics: [await countTax(calls, what, detecting), await countTax(calls, what, tracing)] };
}

/** A way to run tracee, and what its metrics are called. */
interface Way {
  readonly id: string;
  readonly title: string;
  readonly args: readonly string[];
}

const detecting: Way = { id: 'tax', title: 'with detection', args: [] };
const tracing: Way = { id: 'tax.trace', title: 'with trace event=ptrace', args: traceStorm };

async function countTax(calls: number, what: 'runs' | 'instructions', way: Way): Promise<Metric> {
  const hooks = plannedHooks(way.args);
  const isFree = hooks.every((hook) => hook === 'trampoline' || hook === 'kprobe');
  const metric = what === 'runs' ? await countRuns(calls, way) : await countInstructions(calls, way);
  const target = isFree ? { target: { atMost: what === 'runs' ? 0 : 2 } } : {};
  return { ...metric, ...target, note: `${metric.note}; syscalls on ${hooks.join(', ')}` };
}

async function countRuns(calls: number, { id, title, args }: Way): Promise<Metric & { note: string }> {
  const { programRuns } = await runUnderTracee(calls, true, args);
  return {
    id: `${id}.runs`,
    title: `runs of our programs during an untraced storm, ${title}`,
    unit: 'runs',
    value: programRuns,
    better: 'lower',
    note: `${calls} calls`,
  };
}

async function countInstructions(
  calls: number,
  { id, title, args }: Way,
): Promise<Metric & { note: string }> {
  const before = await runStorm(new Running(storm('calls', calls, 0)));
  const under = await runUnderTracee(calls, false, args);
  const after = await runStorm(new Running(storm('calls', calls, 0)));
  const base = (before.wallNsPerCall + after.wallNsPerCall) / 2;
  const percent = (value: number): number => (value / base - 1) * 100;
  const around = [percent(before.wallNsPerCall), percent(after.wallNsPerCall)];
  return {
    id: `${id}.instructions`,
    title: `instructions of an untraced call, more ${title} than without`,
    unit: '%',
    value: percent(under.wallNsPerCall),
    spread: [Math.min(...around), Math.max(...around)],
    better: 'lower',
    note: `${base.toFixed(1)} without, ${under.wallNsPerCall.toFixed(1)} with (${under.nsPerCall.toFixed(1)} of them the storm's own), ${calls} calls`,
  };
}

interface StormCost {
  readonly nsPerCall: number;
  readonly wallNsPerCall: number;
  readonly programRuns: number;
}

async function runAlone(calls: number): Promise<number> {
  return (await runStorm(new Running(storm('calls', calls, 0)))).nsPerCall;
}

async function runWithEmptyProgram(calls: number): Promise<number> {
  using object = BpfObject.openFile(join(stormPrograms, 'empty.bpf.o'));
  object.load();
  const link = object.program('empty').attachRawTracepoint('sys_exit');
  try {
    return await runAlone(calls);
  } finally {
    link.destroy();
  }
}

async function runUnderTracee(
  calls: number,
  isCounting = false,
  args: readonly string[] = [],
): Promise<StormCost> {
  const running = startTracee(args, storm('calls', calls, 0));
  await running.armed();
  await sleep(settleMs);
  return await runStorm(running, isCounting);
}

async function runStorm(running: Running, isCounting = false): Promise<StormCost> {
  await running.storm('ready');
  const before = isCounting ? sumRuns(running.pid) : 0;
  running.go();
  const { calls = 0, ns = 0, cpuNs = 0 } = await running.storm('result');
  const programRuns = isCounting ? sumRuns(running.pid) - before : 0;
  running.go();
  await running.ended();
  return { nsPerCall: cpuNs / calls, wallNsPerCall: ns / calls, programRuns };
}

/** Throws where the kernel shows no programs: then a count of 0 would mean nothing. */
function sumRuns(pid: number): number {
  const counts = runCounts(pid);
  if (counts.size === 0) throw new BenchError(`process ${pid} holds no BPF programs with run counts`);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function describe(runs: Runs, hooks: readonly string[]): Metric[] {
  const isRaw = !hooks.some((hook) => hook === 'trampoline' || hook === 'kprobe');
  const note = `syscalls on ${hooks.join(', ')}`;
  const time = (name: keyof Runs, title: string): Metric => {
    const { median, low, high } = summarize(runs[name]);
    return { id: `tax.${name}`, title, unit: 'ns', value: median, spread: [low, high], better: 'lower' };
  };
  const ratio = (id: string, title: string, values: readonly number[], atMost?: number): Metric => {
    const { median, low, high } = summarize(values);
    return {
      ...{ id, title, unit: 'x', value: median, spread: [low, high], better: 'lower', note },
      ...(atMost === undefined ? {} : { target: { atMost } }),
    };
  };
  const added = (name: 'empty' | 'tracee'): number[] =>
    runs[name].map((value, index) => value - (runs.nothing[index] ?? 0));
  return [
    time('nothing', 'one getppid call, nothing attached'),
    time('empty', 'with an empty sys_exit program'),
    time('tracee', 'with default detection'),
    ratio('tax.tracee/nothing', 'detection to nothing', ratiosOf(runs.tracee, runs.nothing)),
    ratio(
      'tax.tracee/empty',
      'detection to the empty program',
      ratiosOf(runs.tracee, runs.empty),
      isRaw ? 1.3 : undefined,
    ),
    ratio(
      'tax.added',
      'what detection adds to what the empty program adds',
      ratiosOf(added('tracee'), added('empty')),
    ),
  ];
}
