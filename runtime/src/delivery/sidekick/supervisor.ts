import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { statSync } from 'node:fs';
import { TraceeError } from '../../errors.js';
import { backoffMs, pause, type Backoff } from '../backoff.js';
import type { Integrations, Output } from '../integrations.js';
import { maskText } from '../mask.js';
import { SidekickChild } from './child.js';
import { Endpoints } from './endpoints.js';
import { missingOf, type LogLine } from './log.js';

export interface SupervisorOptions {
  readonly binary: string;
  readonly integrations: Integrations;
  /** Reads the file again. Throws TraceeError. */
  readonly reread: () => Integrations;
  /** An empty directory that nobody else can look into, a new one each time. */
  readonly makePrivateDirectory: () => string;
  readonly env: NodeJS.ProcessEnv;
  readonly backoff?: Backoff;
  readonly watchEveryMs?: number;
  readonly readyWithinMs?: number;
  readonly onWarning: (warning: TraceeError) => void;
  readonly onInfo: (text: string) => void;
}

/** A falcosidekick that takes findings. */
export interface Instance {
  readonly child: SidekickChild;
  readonly endpoints: Endpoints;
  /** Those that falcosidekick has understood. */
  readonly outputs: readonly Output[];
}

const defaultBackoff: Backoff = { firstMs: 500, maxMs: 60_000 };
const defaultWatchEveryMs = 2000;

/** From its start to its first answer; a loaded machine needs seconds. */
const defaultReadyWithinMs = 20_000;
const askAgainMs = 50;

/** What falcosidekick has in hand is lost when it ends. */
const settleMs = 2000;

/** The same line of falcosidekick is told this often at most, and so many different ones in that time. */
const tellEveryMs = 60_000;
const maxToldLines = 20;

/** Keeps one falcosidekick running with the file of integrations as it is now. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #told = new Map<string, number>();
  #integrations: Integrations;
  #instance: Instance | undefined;
  #child: SidekickChild | undefined;
  #isBusy = false;
  #failures = 0;
  /** Of the file when it was last read; it is read once more when it is first looked at. */
  #version = '';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#integrations = options.integrations;
  }

  /** Starts it, again after each end and each change of the file, until it is told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    if (!SidekickChild.diesWithParent) {
      this.#options.onInfo('falcosidekick goes on should tracee be killed: there is no setpriv (util-linux)');
    }
    while (!signal.aborted) {
      const reason = (await this.#findTaken()) ?? (await this.#tryToRun(signal));
      this.#leave();
      if (reason === undefined || signal.aborted) continue;
      this.#failures += 1;
      this.#warn(`falcosidekick ${maskText(reason)}; it is started again`);
      await pause(backoffMs(this.#options.backoff ?? defaultBackoff, this.#failures), signal);
    }
  }

  /** The one that takes findings now; undefined when it is told to stop. */
  async ready(signal: AbortSignal): Promise<Instance | undefined> {
    while (!signal.aborted) {
      if (this.#instance?.child.isAlive === true) return this.#instance;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
    return undefined;
  }

  /** While this runs, a change of the file waits. What comes back is whether it went well. */
  async whileBusy(work: () => Promise<boolean>): Promise<void> {
    this.#isBusy = true;
    try {
      if (await work()) this.#failures = 0;
    } finally {
      this.#isBusy = false;
      this.#changes.emit('change');
    }
  }

  /** Ends it, with time for what it may have in hand. */
  async close(hasWorkInHand: boolean): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    if (hasWorkInHand && child.isAlive) await Promise.race([child.ended, wait(settleMs)]);
    await child.stop();
    this.#leave();
  }

  /** There may be no room for the copy of the file, or no process to be had: another time there may be. */
  async #tryToRun(signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.#runOnce(signal);
    } catch (error) {
      await this.#child?.stop();
      return `cannot be started: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Why it ended; undefined where that was wanted. */
  async #runOnce(signal: AbortSignal): Promise<string | undefined> {
    const { binary, env, makePrivateDirectory } = this.#options;
    const integrations = this.#integrations;
    const child = new SidekickChild({
      ...{ binary, env, integrations, directory: makePrivateDirectory() },
      onLine: (line) => {
        this.#tellLine(line);
      },
    });
    this.#child = child;
    const endpoints = new Endpoints(integrations.listen, signal);
    try {
      const missing = await this.#waitUntilReady(child, endpoints, integrations, signal);
      if (!child.isAlive) return await child.ended;
      if (signal.aborted) return undefined;
      if (missing !== undefined) {
        await child.stop();
        return `did not give ${missing} in time`;
      }
      this.#instance = { child, endpoints, outputs: this.#understood(child, integrations) };
      this.#changes.emit('change');
      const isChanged = await this.#watch(child, signal);
      if (!isChanged) return signal.aborted ? undefined : await child.ended;
      this.#instance = undefined;
      await child.stop();
      this.#options.onInfo(`falcosidekick is started again: ${integrations.path} has changed`);
      return undefined;
    } finally {
      endpoints[Symbol.dispose]();
    }
  }

  /** What is missing after that time: nothing where it is ready. */
  async #waitUntilReady(
    child: SidekickChild,
    endpoints: Endpoints,
    { listen }: Integrations,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const until = Date.now() + (this.#options.readyWithinMs ?? defaultReadyWithinMs);
    let missing = 'what it has understood';
    while (child.isAlive && !signal.aborted && Date.now() < until) {
      // Another program that answers there would get the findings, and say that it delivered them.
      const isListening = child.listensOn(listen.port) ?? true;
      if (!isListening) missing = `that it listens on port ${listen.port}`;
      else if (child.enabled !== undefined) {
        const paths = await endpoints.findMissing();
        if (paths.length === 0) return undefined;
        missing = `an answer at ${paths.join(' and ')}`;
      }
      await Promise.race([child.ended, wait(askAgainMs)]);
    }
    return missing;
  }

  /** Waits for its end or for a change of the file that can be used: true. */
  async #watch(child: SidekickChild, signal: AbortSignal): Promise<boolean> {
    while (child.isAlive && !signal.aborted) {
      const watch = new AbortController();
      const stop = (): void => {
        watch.abort();
      };
      signal.addEventListener('abort', stop);
      const timer = pause(this.#options.watchEveryMs ?? defaultWatchEveryMs, watch.signal);
      await Promise.race([child.ended, timer]);
      stop();
      signal.removeEventListener('abort', stop);
      if (!child.isAlive || signal.aborted || !this.#reread()) continue;
      while (this.#isBusy && !signal.aborted) {
        await once(this.#changes, 'change', { signal }).catch(() => undefined);
      }
      return !signal.aborted;
    }
    return false;
  }

  /** True where there is a new file that can be used; one that cannot leaves everything as it is. */
  #reread(): boolean {
    const { path } = this.#integrations;
    const version = versionOf(path);
    if (version === this.#version) return false;
    this.#version = version;
    try {
      const integrations = this.#options.reread();
      const isOther = integrations.text !== this.#integrations.text;
      this.#integrations = integrations;
      return isOther;
    } catch (error) {
      if (!(error instanceof TraceeError)) throw error;
      const message = `${error.message}\nfalcosidekick goes on with what ${path} said before`;
      this.#options.onWarning(new TraceeError(error.code, message, { cause: error }));
      return false;
    }
  }

  /** Falcosidekick would say so in a line without a level, and end with 0. */
  async #findTaken(): Promise<string | undefined> {
    const { address, port } = this.#integrations.listen;
    const server = createServer();
    try {
      await once(server.listen({ host: address, port, exclusive: true }), 'listening');
      return undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const why = code === 'EADDRINUSE' ? 'another program listens there' : code;
      return `cannot listen on ${address}:${port}: ${why} (ss -ltnp says which; listenport says where else)`;
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #understood({ enabled = '' }: SidekickChild, { outputs, path }: Integrations): Output[] {
    const names = outputs.map(({ name }) => name);
    const missing = missingOf(enabled, names);
    if (missing.length > 0) {
      this.#warn(`falcosidekick did not take all outputs of ${path}: ${missing.join(', ')} will get nothing`);
    }
    return outputs.filter(({ name }) => !missing.includes(name));
  }

  #tellLine(line: LogLine): void {
    if (line.is !== 'error') return;
    const text = maskText(line.output === undefined ? line.text : `${line.output}: ${line.text}`);
    const now = Date.now();
    if (now - (this.#told.get(text) ?? -Infinity) < tellEveryMs) return;
    for (const [old, at] of this.#told) if (now - at >= tellEveryMs) this.#told.delete(old);
    if (this.#told.size >= maxToldLines) return;
    this.#told.set(text, now);
    this.#warn(`falcosidekick says: ${text}`);
  }

  #leave(): void {
    this.#instance = undefined;
    if (this.#child?.isAlive !== true) this.#child = undefined;
    this.#changes.emit('change');
  }

  #warn(message: string): void {
    this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message));
  }
}

/** Changes with the file, also where another was put in its place. */
function versionOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'absent';
  }
}

async function wait(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
