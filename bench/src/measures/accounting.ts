import type { Measured, Metric } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { traceEverything, traceStorm } from '../running.js';
import { runTracedStorm, type TracedStorm } from './traced-storm.js';

/** An unpaced storm: whatever cannot be drained must be counted, to the last event. */
export async function measureAccounting(effort: Effort): Promise<Measured> {
  const milliseconds = pick(effort, 1000, 3000);
  effort.onProgress('accounting: unpaced storm');
  const storm = await runTracedStorm(effort, { trace: traceStorm, rate: 0, milliseconds });
  effort.onProgress('accounting: unpaced storm, everything traced');
  const all = await runTracedStorm(effort, { trace: traceEverything, rate: 0, milliseconds });
  const described = (prefix: string, of: TracedStorm): Metric[] => [
    ...sumsOf(prefix, of),
    ...overloadOf(prefix, of),
  ];
  return { metrics: [...described('accounting', storm), ...described('accounting.everything', all)] };
}

/** The sums of one storm; `calls` are compared with the events that are calls. */
export function sumsOf(prefix: string, { calls, counts, lines }: TracedStorm): Metric[] {
  const { produced, submitted, lost, skipped, ptrace } = counts;
  const exact = (id: string, title: string, value: number): Metric => ({
    ...{ id: `${prefix}.${id}`, title, unit: 'events', value, better: 'lower', target: { atMost: 0 } },
  });
  return [
    exact(
      'calls',
      'calls that were neither produced nor reported as skipped',
      Math.abs(calls - ptrace - skipped),
    ),
    exact('sum', 'produced that are neither submitted nor lost', Math.abs(produced - submitted - lost)),
    exact('lines', 'submitted that are not in the file', Math.abs(submitted - lines)),
  ];
}

/** How far a storm was beyond what could be read. */
export function overloadOf(prefix: string, { counts, lines, runtimeCpuSeconds }: TracedStorm): Metric[] {
  const { produced, submitted, lost } = counts;
  return [
    {
      id: `${prefix}.drain`,
      title: 'events written per second of the runtime’s processor time, saturated',
      unit: 'events/s',
      value: runtimeCpuSeconds === 0 ? 0 : lines / runtimeCpuSeconds,
      better: 'higher',
      note: 'what one core could drain; steadier than the rate where others are at work',
    },
    {
      id: `${prefix}.lost`,
      title: 'lost, of what was produced',
      unit: '%',
      value: produced === 0 ? 0 : (lost / produced) * 100,
      better: 'neither',
      note:
        lost === 0
          ? 'the storm was no overload: the sums above were not put to the test'
          : `${produced} = ${submitted} + ${lost}`,
    },
  ];
}
