import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BenchError } from './error.js';
import { stormPrograms, tracee, traceeOfClone } from './paths.js';

/** A line that a storm wrote. */
export interface StormLine {
  readonly state: string;
  readonly calls?: number;
  readonly ns?: number;
  readonly cpuNs?: number;
  readonly at?: number;
}

/** Counts of tracee's closing line. */
export interface ClosingCounts {
  readonly produced: number;
  readonly submitted: number;
  readonly lost: number;
  /** Runs of programs that the kernel left out, and says so. */
  readonly skipped: number;
  /** Those of the produced that are calls of the storm. */
  readonly ptrace: number;
}

/** What tracee (or a storm alone) is started with. */
export interface StartOptions {
  /** File that stdout goes to, appended; without it stdout is read by `onChunk` or thrown away. */
  readonly outputFile?: string;
  readonly onChunk?: (chunk: Buffer) => void;
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** The modules of a clone instead of what is shipped. */
  readonly isOfClone?: boolean;
}

/** Nothing that is measured takes this long to come to its next line. */
const lineTimeoutMs = 600_000;

/** The words that say that tracee is at work. */
const armed = /; (?:Ctrl-C ends|ends with the command)$/;

/** A started program whose stderr is read line by line; the storm's lines and tracee's come through it. */
export class Running {
  readonly started = performance.now();
  readonly #child: ChildProcess;
  readonly #lines: { text: string; at: number }[] = [];
  readonly #closed: Promise<number | null>;
  #onLine: () => void = () => undefined;
  #isClosed = false;

  constructor(command: readonly string[], options: StartOptions = {}) {
    const [program = '', ...args] = command;
    const file = options.outputFile === undefined ? undefined : openSync(options.outputFile, 'a');
    this.#child = spawn(program, args, {
      stdio: ['pipe', file ?? (options.onChunk === undefined ? 'ignore' : 'pipe'), 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    if (file !== undefined) closeSync(file);
    if (options.onChunk !== undefined) this.#child.stdout?.on('data', options.onChunk);
    this.#closed = once(this.#child, 'close').then(([status]) => {
      this.#isClosed = true;
      this.#onLine();
      return status as number | null;
    });
    if (this.#child.stderr !== null) {
      createInterface({ input: this.#child.stderr }).on('line', (text) => {
        this.#lines.push({ text, at: performance.now() });
        this.#onLine();
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Milliseconds from the start to the line that says that tracee is armed. */
  async armed(): Promise<number> {
    return (await this.#waitFor((text) => armed.test(text))).at - this.started;
  }

  /** The storm's line of this state, which may come `afterMs` later than another. */
  async storm(state: string, afterMs = 0): Promise<StormLine> {
    const start = `storm: {"state":"${state}"`;
    const isIt = (text: string): boolean => text.startsWith(start);
    return parseStorm((await this.#waitFor(isIt, afterMs + lineTimeoutMs)).text);
  }

  stormLines(state: string): StormLine[] {
    return this.#lines
      .filter(({ text }) => text.startsWith(`storm: {"state":"${state}"`))
      .map(({ text }) => parseStorm(text));
  }

  /** Lets the storm go on. */
  go(): void {
    this.#child.stdin?.write('\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits for the end; throws where it is no success. */
  async ended(): Promise<void> {
    const status = await this.#closed;
    if (status !== 0)
      throw new BenchError(`${this.#child.spawnargs.join(' ')} ended with ${status}:\n${this.#said()}`);
  }

  /** `12 events (ptrace 12), 10 delivered, 2 lost (ptrace 2); …`, tracee's last line. */
  counts(): ClosingCounts {
    const said = this.#said();
    const match = /(\d+) events?(?: \(([^)]*)\))?, (\d+) delivered, (\d+) lost/.exec(said);
    if (match === null) throw new BenchError(`tracee did not say what it counted:\n${said}`);
    const skipped = /(\d+) runs skipped by the kernel/.exec(said)?.[1];
    return {
      produced: Number(match[1]),
      submitted: Number(match[3]),
      lost: Number(match[4]),
      skipped: Number(skipped ?? 0),
      ptrace: Number(/\bptrace (\d+)/.exec(match[2] ?? '')?.[1] ?? 0),
    };
  }

  async #waitFor(
    isWanted: (text: string) => boolean,
    limitMs = lineTimeoutMs,
  ): Promise<{ text: string; at: number }> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const line = this.#lines.find(({ text }) => isWanted(text));
      if (line !== undefined) return line;
      if (this.#isClosed || performance.now() > deadline) {
        this.#child.kill('SIGTERM');
        throw new BenchError(
          `${this.#child.spawnargs.join(' ')} did not say what was waited for:\n${this.#said()}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#onLine = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #said(): string {
    return this.#lines.map(({ text }) => text).join('\n');
  }
}

export function storm(name: string, ...args: readonly number[]): string[] {
  return [join(stormPrograms, name), ...args.map(String)];
}

/** `tracee ARGS -- COMMAND`: scoped to the command's own process tree, so that the machine is left alone. */
export function startTracee(
  args: readonly string[],
  command: readonly string[],
  options: StartOptions = {},
): Running {
  return new Running(
    [
      ...[process.execPath, ...(options.nodeOptions ?? [])],
      ...[options.isOfClone === true ? traceeOfClone : tracee, ...args, '--', ...command],
    ],
    options,
  );
}

/** Traces what the storms call, and nothing else. */
export const traceStorm = ['trace', '--trace', 'event=ptrace', '--output', 'json'] as const;

/** Traces every event that this kernel serves: a call is `sys_enter`, `sys_exit` and its own. */
export const traceEverything = ['trace', '--trace', 'event=*', '--output', 'json'] as const;

/** Seconds that a process has computed; its waited children do not count. */
export function cpuSeconds(pid: number): number {
  /* The name stands in parentheses and may hold anything; fields 14 and 15 are user and system ticks. */
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** USER_HZ: 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

export function residentMebibytes(pid: number): number {
  const match = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}

/** How often each BPF program that a process holds has run; counted while `kernel.bpf_stats_enabled` is 1. */
export function runCounts(pid: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const text = readFdinfo(`/proc/${pid}/fdinfo/${fd}`);
    const id = /^prog_id:\s*(\d+)$/m.exec(text)?.[1];
    const count = /^run_cnt:\s*(\d+)$/m.exec(text)?.[1];
    if (id !== undefined && count !== undefined) counts.set(id, Number(count));
  }
  return counts;
}

/** Empty for a descriptor that was closed meanwhile. */
function readFdinfo(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parseStorm(text: string): StormLine {
  return JSON.parse(text.slice('storm: '.length)) as StormLine;
}
