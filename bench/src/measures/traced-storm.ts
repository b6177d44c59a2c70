import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Effort } from '../options.js';
import { cpuSeconds, startTracee, storm, type ClosingCounts } from '../running.js';

/** One paced storm, traced to a file. */
export interface TracedStorm {
  /** Calls that the storm made in scope. */
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly counts: ClosingCounts;
  /** Lines of events in the file. */
  readonly lines: number;
  /** Processor time of the runtime from armed to its end. */
  readonly runtimeCpuSeconds: number;
}

const profiledNode = new URL('../profiled-node.js', import.meta.url).href;

/** How often the runtime's processor time is looked at; its end falls between two looks. */
const lookEveryMs = 20;

/** What is traced, and how fast the storm goes. */
export interface StormPlan {
  /** Arguments of tracee: `traceStorm`, `traceEverything`. */
  readonly trace: readonly string[];
  /** Calls a second; 0 is as fast as it goes. */
  readonly rate: number;
  readonly milliseconds: number;
  /** A profile of the runtime under that load goes there; it is a clone's then, whose places have names. */
  readonly profilePath?: string;
}

export async function runTracedStorm(effort: Effort, plan: StormPlan): Promise<TracedStorm> {
  const { trace, rate, milliseconds, profilePath } = plan;
  const outputFile = join(effort.scratch, 'events.json');
  const running = startTracee(trace, storm('paced', rate, milliseconds), {
    outputFile,
    ...(profilePath === undefined
      ? {}
      : {
          nodeOptions: ['--import', profiledNode],
          environment: { BENCH_PROFILE: profilePath },
          isOfClone: true,
        }),
  });
  try {
    await running.armed();
    await running.storm('ready');
    if (profilePath !== undefined) running.signal('SIGUSR2');
    const cpuBefore = cpuSeconds(running.pid);
    let cpu = cpuBefore;
    const timer = setInterval(() => {
      try {
        cpu = cpuSeconds(running.pid);
      } catch {
        // It has ended.
      }
    }, lookEveryMs);
    running.go();
    try {
      await running.ended();
    } finally {
      clearInterval(timer);
    }
    const { calls = 0, ns = 1 } = await running.storm('result');
    return {
      calls,
      callsPerSecond: (calls / ns) * 1e9,
      counts: running.counts(),
      lines: await countEvents(outputFile),
      runtimeCpuSeconds: cpu - cpuBefore,
    };
  } finally {
    rmSync(outputFile, { force: true });
  }
}

const lineEnd = 0x0a;
const objectStart = 0x7b;

/** Lines that start as JSON objects do and have an end. */
async function countEvents(path: string): Promise<number> {
  let count = 0;
  let isObject = false;
  let isLineStart = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let at = 0;
    while (at < chunk.length) {
      if (isLineStart) isObject = chunk[at] === objectStart;
      const end = chunk.indexOf(lineEnd, at);
      isLineStart = end >= 0;
      if (end < 0) break;
      if (isObject) count += 1;
      at = end + 1;
    }
  }
  return count;
}
