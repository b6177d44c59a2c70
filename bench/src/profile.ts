import type { ProfileLine } from './metric.js';
import { root } from './paths.js';

/** As V8 writes it; times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const linesKept = 15;

/** Functions by the time spent in themselves, most first; being idle does not count. */
export function selfTimes(profile: CpuProfile): ProfileLine[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { function: string; place: string; time: number }>();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const time = profile.timeDeltas[index] ?? 0;
    if (frame === undefined || isIdle(frame)) continue;
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    const place = placeOf(frame.url, frame.lineNumber);
    const entry = times.get(`${name} ${place}`) ?? { function: name, place, time: 0 };
    entry.time += time;
    total += time;
    times.set(`${name} ${place}`, entry);
  }
  return [...times.values()]
    .toSorted((a, b) => b.time - a.time)
    .slice(0, linesKept)
    .map(({ time, ...line }) => ({ ...line, percent: Math.round((time / total) * 1000) / 10 }));
}

/** Waiting for events has two names, and the session's own start is none of the runtime's work. */
function isIdle({ functionName, url }: { functionName: string; url: string }): boolean {
  return url === '' && ['(idle)', 'poll', 'dispatch'].includes(functionName);
}

/** Paths from the repository's root on: `file:///…/runtime/dist/output/json.js` -> `runtime/dist/output/json.js:12` */
function placeOf(url: string, line: number): string {
  if (url === '') return '';
  const path = url.replace(/^file:\/\//, '');
  return `${path.startsWith(root) ? path.slice(root.length) : path.replace(/^\/.*\//, '')}:${line + 1}`;
}
