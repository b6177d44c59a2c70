import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured, Metric } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { residentMebibytes, startTracee, storm, traceStorm, type Running } from '../running.js';
import { slope, summarize } from '../statistics.js';

/** Well below what can be drained, and the same on every machine, so that results can be compared. */
const stormRate = 50_000;

interface Sample {
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Resident memory of the runtime: detecting while nothing happens, and tracing a storm. */
export async function measureMemory(effort: Effort): Promise<Measured> {
  const idle = await watchIdle(effort);
  const busy = await watchStorm(effort);
  const settled = busy.filter(({ seconds }) => seconds > effort.memorySeconds / 3);
  const growth = slope(settled.map(({ seconds, mebibytes }) => ({ x: seconds / 60, y: mebibytes })));
  const note = `${stormRate} events/s to JSON, ${effort.memorySeconds} s`;
  return {
    metrics: [
      highest('memory.idle', 'highest while detecting, nothing happening', idle, 90),
      { ...highest('memory.storm', 'highest in a storm', busy, 160), note },
      {
        id: 'memory.growth',
        title: 'growth after the first third of the storm',
        unit: 'MiB/min',
        value: growth,
        better: 'lower',
        note: effort.isQuick ? 'quick: too short to mean anything' : '--minutes N looks longer',
      },
    ],
  };
}

async function watchIdle(effort: Effort): Promise<Sample[]> {
  const seconds = pick(effort, 3, 15);
  effort.onProgress(`memory: idle, ${seconds} s`);
  const running = startTracee([], ['sleep', '600']);
  await running.armed();
  const samples = await sample(running, () => false, seconds, effort.onProgress);
  running.signal('SIGINT');
  await running.ended();
  return samples;
}

async function watchStorm(effort: Effort): Promise<Sample[]> {
  effort.onProgress(`memory: storm, ${effort.memorySeconds} s`);
  const running = startTracee(traceStorm, storm('paced', stormRate, effort.memorySeconds * 1000));
  await running.armed();
  await running.storm('ready');
  running.go();
  let isOver = false;
  const over = running.storm('result', effort.memorySeconds * 1000).then(() => (isOver = true));
  const samples = await sample(running, () => isOver, effort.memorySeconds, effort.onProgress);
  await over;
  await running.ended();
  return samples;
}

async function sample(
  running: Running,
  isOver: () => boolean,
  seconds: number,
  onProgress: (message: string) => void,
): Promise<Sample[]> {
  const started = performance.now();
  const samples: Sample[] = [];
  const every = Math.max(10, Math.round(seconds / 16));
  for (let second = 1; second <= seconds && !isOver(); second++) {
    await sleep(started + second * 1000 - performance.now() - 50);
    samples.push({ seconds: second, mebibytes: residentMebibytes(running.pid) });
    if (second % every === 0) onProgress(`memory: ${second} s, ${samples.at(-1)?.mebibytes.toFixed(1)} MiB`);
  }
  return samples;
}

function highest(id: string, title: string, samples: readonly Sample[], atMost: number): Metric {
  const { low, high } = summarize(samples.map(({ mebibytes }) => mebibytes));
  return {
    ...{ id, title, unit: 'MiB', value: high, spread: [low, high], better: 'lower', target: { atMost } },
  };
}
