import type { Measured } from '../metric.js';
import type { Effort } from '../options.js';
import { traceEverything } from '../running.js';
import { overloadOf, sumsOf } from './accounting.js';
import { runTracedStorm } from './traced-storm.js';

/** Slow enough for an emulated processor, which runs the storm, the programs and the runtime. */
const pacedRate = 2000;
const pacedMs = 10_000;
/** The lines have to fit into what the guest has for files. */
const floodMs = 1000;

/**
 * In a VM, where rates mean nothing: every event that the kernel serves is traced, at a pace at which nothing may be
 * lost, and in a storm that nobody can follow.
 */
export async function measureEverything(effort: Effort): Promise<Measured> {
  effort.onProgress('everything traced: paced storm');
  const paced = await runTracedStorm(effort, {
    ...{ trace: traceEverything, rate: pacedRate, milliseconds: pacedMs },
  });
  effort.onProgress(`${paced.calls} calls, ${paced.counts.produced} events, ${paced.counts.lost} lost`);
  effort.onProgress('everything traced: unpaced storm');
  const flood = await runTracedStorm(effort, {
    ...{ trace: traceEverything, rate: 0, milliseconds: floodMs },
  });
  return {
    metrics: [
      {
        id: 'everything.lost',
        title: 'lost of a paced storm with every event traced',
        unit: 'events',
        value: paced.counts.lost,
        better: 'lower',
        target: { atMost: 0 },
        note: `${paced.calls} calls, ${paced.counts.produced} events, ${paced.lines} lines`,
      },
      ...sumsOf('everything.paced', paced),
      ...sumsOf('everything.storm', flood),
      ...overloadOf('everything.storm', flood),
    ],
  };
}
