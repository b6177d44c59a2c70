import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../error.js';
import { cachedHeaders } from '../headers.js';
import type { Measured, Metric } from '../metric.js';
import { pick, type Effort } from '../options.js';
import { builder } from '../paths.js';
import { cpuSeconds, startTracee } from '../running.js';
import { ratiosOf, summarize } from '../statistics.js';

/** Start and stop of the runtime, and what the builder takes, each beside a Node that does nothing. */
export async function measureStart(effort: Effort): Promise<Measured> {
  const rounds = pick(effort, 2, 15);
  const node: number[] = [];
  const start: number[] = [];
  const ofClone: number[] = [];
  const computed: number[] = [];
  const stop: number[] = [];
  for (let round = 0; round < rounds; round++) {
    effort.onProgress(`start: round ${round + 1} of ${rounds}`);
    node.push(await timeNode(['-e', '0']));
    const clone = startTracee([], ['sleep', '60'], { isOfClone: true });
    ofClone.push(await clone.armed());
    clone.signal('SIGINT');
    await clone.ended();
    const running = startTracee([], ['sleep', '60']);
    start.push(await running.armed());
    computed.push(cpuSeconds(running.pid) * 1000);
    const asked = performance.now();
    running.signal('SIGINT');
    await running.ended();
    stop.push(performance.now() - asked);
  }
  return {
    metrics: [
      timed('start.node', 'an empty Node, start to end', node),
      timed('start.armed', 'start of tracee to its line that says it is armed', start, 400),
      timed('start.armed-clone', 'the same in a clone, whose modules are loaded one by one', ofClone),
      timed('start.armed-cpu', 'processor time of that, the kernel’s verifier included', computed),
      ratio('start.armed/node', 'the same to an empty Node', start, node),
      timed('start.stop', 'SIGINT to the end', stop),
      ...(await measureBuilder(effort)),
    ],
  };
}

async function measureBuilder(effort: Effort): Promise<Metric[]> {
  const rounds = pick(effort, 1, 5);
  const headers = cachedHeaders();
  const output = mkdtempSync(join(effort.scratch, 'store-'));
  const portable = ['--portable', '--output', output];
  try {
    const node: number[] = [];
    const fromHeaders: number[] = [];
    const core: number[] = [];
    const hit: number[] = [];
    for (let round = 0; round < rounds; round++) {
      effort.onProgress(`start: builder, round ${round + 1} of ${rounds}`);
      if (headers !== undefined) {
        fromHeaders.push(await timeNode([builder, 'build', '--output', output], headers.environment));
      }
      core.push(await timeNode([builder, 'build', ...portable]));
      node.push(await timeNode(['-e', '0']));
      hit.push(await timeNode([builder, 'ensure', ...portable]));
    }
    expectHit(portable);
    return [
      ...(headers === undefined
        ? []
        : [
            timed(
              'start.compile',
              `compile for one kernel from its headers (${headers.name})`,
              fromHeaders,
              3000,
            ),
          ]),
      timed('start.compile-portable', 'compile the portable object', core, 3000),
      timed('start.store-hit', 'ensure, with the object there', hit, 150),
      ratio('start.store-hit/node', 'the same to an empty Node', hit, node),
    ];
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** What was timed as a hit must have been one. */
function expectHit(args: readonly string[]): void {
  const { stdout } = spawnSync(process.execPath, [builder, 'ensure', '--json', ...args], {
    encoding: 'utf8',
  });
  const { isReused } = JSON.parse(stdout) as { isReused: boolean };
  if (!isReused) throw new BenchError('tracee-builder ensure compiled again what was there');
}

async function timeNode(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new BenchError(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - started;
}

function timed(id: string, title: string, values: readonly number[], atMost?: number): Metric {
  const { median, low, high } = summarize(values);
  return {
    ...{ id, title, unit: 'ms', value: median, spread: [low, high], better: 'lower' },
    ...(atMost === undefined ? {} : { target: { atMost } }),
  };
}

function ratio(id: string, title: string, subject: readonly number[], baseline: readonly number[]): Metric {
  const { median, low, high } = summarize(ratiosOf(subject, baseline));
  return { id, title, unit: 'x', value: median, spread: [low, high], better: 'lower' };
}
