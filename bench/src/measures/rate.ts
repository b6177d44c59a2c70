import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../error.js';
import type { Measured, Metric, ProfileLine } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { findHighestRate } from '../ramp.js';
import { selfTimes, type CpuProfile } from '../profile.js';
import { Running, startTracee, storm, traceStorm } from '../running.js';
import { summarize } from '../statistics.js';
import { runTracedStorm, type TracedStorm } from './traced-storm.js';

const wantedPerSecond = 500_000;

/** A storm that cannot keep its pace says nothing about a higher one. */
const keptPace = 0.95;

/** So many records fit into the ring at once: none is lost, however slow the runtime is. */
const burstCalls = 8000;

/** The highest rate at which not one event is lost between the call and the file. */
export async function measureRate(effort: Effort): Promise<Measured> {
  const milliseconds = pick(effort, 700, 5000);
  const held: TracedStorm[] = [];
  let isStormTheLimit = false;
  const attempt = async (rate: number): Promise<{ holds: boolean; outcome: undefined }> => {
    const outcome = await runTracedStorm(effort, rate, milliseconds);
    const isPaced = outcome.callsPerSecond >= rate * keptPace;
    const isWhole = isLossFree(outcome);
    const verdict = isWhole ? (isPaced ? 'whole' : 'whole, but the storm cannot keep the pace') : 'too fast';
    effort.onProgress(
      `rate: ${rate}/s asked, ${Math.round(outcome.callsPerSecond)}/s made, ${outcome.counts.lost} lost: ${verdict}`,
    );
    if (isWhole) held.push(outcome);
    isStormTheLimit = isWhole && !isPaced;
    return { holds: isWhole && isPaced, outcome: undefined };
  };
  await findHighestRate({
    start: pick(effort, 20_000, 80_000),
    factor: 1.5,
    refinements: pick(effort, 0, 4),
    lowest: pick(effort, 20_000, 5000),
    highest: pick(effort, 20_000, 3_000_000),
    attempt,
  });
  const best = held.toSorted((a, b) => b.callsPerSecond - a.callsPerSecond)[0];
  const perSecond = best?.callsPerSecond ?? 0;
  const profile = perSecond < wantedPerSecond ? await profileSaturated(effort, milliseconds) : undefined;
  return {
    metrics: [
      {
        id: 'rate.loss-free',
        title: 'highest rate traced to a JSON file without loss',
        unit: 'events/s',
        value: perSecond,
        better: 'higher',
        target: { atLeast: wantedPerSecond },
        note: effort.isQuick
          ? 'quick: no search was made'
          : isStormTheLimit
            ? 'the storm could go no faster'
            : 'lines in the file = calls',
      },
      {
        id: 'rate.cpu-per-million',
        title: 'processor time of the runtime per million events, at that rate',
        unit: 's',
        value: best === undefined ? 0 : (best.runtimeCpuSeconds / best.lines) * 1e6,
        better: 'lower',
      },
      ...(await measureEventCost(effort)),
    ],
    ...(profile === undefined ? {} : { profile }),
  };
}

/** What the traced program itself pays for an event, beside the same calls untraced. */
async function measureEventCost(effort: Effort): Promise<Metric[]> {
  const rounds = pick(effort, 2, 9);
  const added: number[] = [];
  const command = storm('calls', burstCalls, 1);
  for (let round = 0; round < rounds; round++) {
    effort.onProgress(`rate: cost of an event, round ${round + 1} of ${rounds}`);
    const untraced = await timeCalls(new Running(command));
    added.push((await timeCalls(startTracee(traceStorm, command))) - untraced);
  }
  const { median, low, high } = summarize(added);
  return [
    {
      id: 'rate.event-cost',
      title: 'what the traced program pays for one event',
      unit: 'ns',
      value: median,
      spread: [low, high],
      better: 'lower',
    },
  ];
}

async function timeCalls(running: Running): Promise<number> {
  await running.storm('ready');
  running.go();
  const { cpuNs = 0, calls = 1 } = await running.storm('result');
  running.go();
  await running.ended();
  return cpuNs / calls;
}

function isLossFree({ calls, counts, lines }: TracedStorm): boolean {
  if (counts.lost + counts.skipped > 0) return false;
  if (counts.produced === calls && lines === calls) return true;
  throw new BenchError(
    `tracee says that nothing is lost, but of ${calls} calls ${counts.produced} were counted and ${lines} written`,
  );
}

/** Under an unpaced storm: a reader that has to wait now and then hides what its work costs. */
async function profileSaturated(effort: Effort, milliseconds: number): Promise<ProfileLine[]> {
  effort.onProgress('rate: profile of the runtime under an unpaced storm');
  const path = join(effort.scratch, 'profile.json');
  await runTracedStorm(effort, 0, milliseconds, path);
  return selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile);
}
