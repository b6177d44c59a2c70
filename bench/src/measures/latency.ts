import { BenchError } from '../error.js';
import type { Measured } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { startTracee, storm } from '../running.js';
import { quantile } from '../statistics.js';

const pauseMs = 40;

/**
 * From just before the act to the line of its finding in the reader's hands, on a quiet system. Both clocks
 * are CLOCK_MONOTONIC: the storm's own, and process.hrtime here.
 */
export async function measureLatency(effort: Effort): Promise<Measured> {
  const acts = pick(effort, 20, 200);
  effort.onProgress(`latency: ${acts} acts`);
  const arrivals: bigint[] = [];
  const onChunk = (chunk: Buffer): void => {
    const now = process.hrtime.bigint();
    for (const byte of chunk) if (byte === 0x0a) arrivals.push(now);
  };
  const running = startTracee(
    ['--output', 'json', '--dedup-window', '0', '--rate-limit', 'off'],
    storm('acts', acts, pauseMs),
    { onChunk },
  );
  await running.armed();
  await running.storm('ready');
  running.go();
  await running.ended();
  const times = running.stormLines('act').map(({ at = 0 }) => at);
  if (times.length !== acts || arrivals.length !== acts) {
    throw new BenchError(`${times.length} of ${acts} acts became ${arrivals.length} findings`);
  }
  const microseconds = times.map((at, index) => (Number(arrivals[index]) - at) / 1000);
  return {
    metrics: [
      {
        id: 'latency.median',
        title: 'from an act to its finding on stdout, quiet system',
        unit: 'µs',
        value: quantile(microseconds, 0.5),
        spread: [Math.min(...microseconds), Math.max(...microseconds)],
        better: 'lower',
      },
      {
        id: 'latency.p95',
        title: 'the same, 95 of 100 are faster',
        unit: 'µs',
        value: quantile(microseconds, 0.95),
        better: 'lower',
      },
    ],
  };
}
