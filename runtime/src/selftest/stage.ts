import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TraceeError } from '../errors.js';
import type { SelftestAct } from './act.js';
import type { Performance } from './verdict.js';

/** For one act; they take milliseconds. */
const limitMs = 15_000;

/**
 * The shipped program on a stage of its own: mounts, /etc, /dev/shm and network that nobody else has. It performs acts
 * one after the other.
 */
export class Stage {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #directory: string;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, directory: string) {
    this.#child = child;
    this.#lines = lines;
    this.#directory = directory;
  }

  /**
   * Sets it up. Throws SELFTEST_FAILED with what the program said.
   *
   * @param directory where acts leave their files: empty, and on a disk
   */
  static async open(program: string, directory: string): Promise<Stage> {
    const child = spawn(program, ['stage'], { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'], env: {} });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child, 'spawn').catch((cause: unknown) => {
      throw new TraceeError('SELFTEST_FAILED', `${program} cannot be started`, { cause });
    });
    const stage = new Stage(child, createInterface(child.stdout)[Symbol.asyncIterator](), directory);
    const line = await stage.#next();
    if (line !== 'ready') {
      throw new TraceeError('SELFTEST_FAILED', `the stage could not be set: ${said.trim()}`, {
        hint: 'it needs CAP_SYS_ADMIN for mounts and CAP_NET_ADMIN for a network of its own',
      });
    }
    return stage;
  }

  /** The process below which everything happens. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async perform(act: SelftestAct): Promise<Performance> {
    this.#resetPreload(act.hasPreload);
    const began = now();
    this.#child.stdin?.write(`${act.words}\n`);
    const pid = Number(await this.#word('began'));
    const limit = setTimeout(() => process.kill(pid, 'SIGKILL'), limitMs);
    const status = Number(await this.#word('ended'));
    clearTimeout(limit);
    const reason = readFileSync(join(this.#directory, 'stderr'), 'utf8').trim().split('\n').at(-1) ?? '';
    return { pid, status, reason, began, ended: now() };
  }

  /** Ends it, and waits until it has. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  /** In the stage's own /etc, by who is not watched. */
  #resetPreload(hasPreload: boolean): void {
    const path = `/proc/${this.pid}/root/etc/ld.so.preload`;
    rmSync(path, { force: true });
    if (hasPreload) writeFileSync(path, '\n');
  }

  async #word(name: string): Promise<string> {
    const line = await this.#next();
    if (line.startsWith(`${name} `)) return line.slice(name.length + 1);
    throw new TraceeError('SELFTEST_FAILED', `the stage said "${line}" instead of "${name}"`);
  }

  async #next(): Promise<string> {
    const next = await this.#lines.next();
    return next.done === true ? '' : next.value;
  }
}

/** Seconds of the monotonic clock, as the kernel stamps events. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
