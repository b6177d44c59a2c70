import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../error.js';
import type { Measured, Metric, ProfileLine } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { findHighestRate } from '../ramp.js';
import { selfTimes, type CpuProfile } from '../profile.js';
import { Running, startTracee, storm, traceEverything, traceStorm } from '../running.js';
import { summarize } from '../statistics.js';
import { runTracedStorm, type TracedStorm } from './traced-storm.js';

const wantedPerSecond = 500_000;

/** A storm that cannot keep its pace says nothing about a higher one. */
const keptPace = 0.95;

/** So many records fit into the ring at once: none is lost, however slow the runtime is. */
const burstCalls = 8000;

/** What is traced while the rate rises. */
interface Load {
  readonly id: 'rate.loss-free' | 'rate.everything';
  readonly title: string;
  readonly trace: readonly string[];
  /** Events that a call of the storm causes. */
  readonly eventsPerCall: number;
}

const loads: readonly Load[] = [
  {
    ...{ id: 'rate.loss-free', title: 'highest rate traced to a JSON file without loss' },
    ...{ trace: traceStorm, eventsPerCall: 1 },
  },
  {
    ...{ id: 'rate.everything', title: 'the same with every event traced, three a call' },
    ...{ trace: traceEverything, eventsPerCall: 3 },
  },
];

/** The highest rates at which not one event is lost between the call and the file. */
export async function measureRate(effort: Effort): Promise<Measured> {
  const metrics: Metric[] = [];
  const profile: ProfileLine[] = [];
  for (const load of loads) {
    const found = await measureLoad(effort, load);
    metrics.push(...found.metrics);
    profile.push(...(found.profile ?? []));
  }
  metrics.push(...(await measureEventCost(effort)));
  return { metrics, ...(profile.length === 0 ? {} : { profile }) };
}

async function measureLoad(effort: Effort, load: Load): Promise<Measured> {
  const { id, title, trace, eventsPerCall } = load;
  const milliseconds = pick(effort, 700, 5000);
  const held: TracedStorm[] = [];
  let isStormTheLimit = false;
  const attempt = async (rate: number): Promise<{ holds: boolean; outcome: undefined }> => {
    const outcome = await runTracedStorm(effort, { trace, rate, milliseconds });
    const isPaced = outcome.callsPerSecond >= rate * keptPace;
    const isWhole = isLossFree(outcome, eventsPerCall);
    const verdict = isWhole ? (isPaced ? 'whole' : 'whole, but the storm cannot keep the pace') : 'too fast';
    const made = Math.round(outcome.callsPerSecond);
    effort.onProgress(
      `${id}: ${rate} calls/s asked, ${made}/s made, ${outcome.counts.produced} events, ${outcome.counts.lost} lost: ${verdict}`,
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
  const perSecond = (best?.callsPerSecond ?? 0) * eventsPerCall;
  const isProfiled = perSecond < wantedPerSecond && id === 'rate.loss-free';
  const profile = isProfiled ? await profileSaturated(effort, milliseconds) : [];
  return {
    metrics: [
      {
        ...{ id, title, unit: 'events/s', value: perSecond, better: 'higher' },
        target: { atLeast: wantedPerSecond },
        note: effort.isQuick
          ? 'quick: no search was made'
          : isStormTheLimit
            ? 'the storm could go no faster'
            : 'lines in the file = events',
      },
      {
        id: id === 'rate.loss-free' ? 'rate.cpu-per-million' : 'rate.everything.cpu-per-million',
        title: 'processor time of the runtime per million events, at that rate',
        unit: 's',
        value: best === undefined ? 0 : (best.runtimeCpuSeconds / best.lines) * 1e6,
        better: 'lower',
      },
    ],
    profile,
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

/** Where tracee says so it must be true: each call is an event, and each event a line. */
function isLossFree({ calls, counts, lines }: TracedStorm, eventsPerCall: number): boolean {
  if (counts.lost + counts.skipped > 0) return false;
  const isWhole = counts.ptrace === calls && lines === counts.produced;
  // What else the storm's process calls before and after is traced with everything.
  if (isWhole && counts.produced >= calls * eventsPerCall) return true;
  throw new BenchError(
    `tracee says that nothing is lost, but of ${calls} calls ${counts.ptrace} were counted, and of ${counts.produced} events ${lines} written`,
  );
}

/** Under an unpaced storm: a reader that has to wait now and then hides what its work costs. */
async function profileSaturated(effort: Effort, milliseconds: number): Promise<ProfileLine[]> {
  effort.onProgress('rate: profile of the runtime under an unpaced storm');
  const profilePath = join(effort.scratch, 'profile.json');
  await runTracedStorm(effort, { trace: traceStorm, rate: 0, milliseconds, profilePath });
  return selfTimes(JSON.parse(readFileSync(profilePath, 'utf8')) as CpuProfile);
}
