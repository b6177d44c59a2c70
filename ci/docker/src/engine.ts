import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { DockerSettings } from './settings.js';

/** A Docker engine of our own: nothing of it is shared with an engine that the machine may have. */
export interface Engine extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  host: string;
  /** Runs the docker program against this engine and returns what it prints. */
  docker(...args: string[]): Promise<string>;
  /** Ends it as a crash would, with SIGKILL. */
  kill(): Promise<void>;
}

export interface EngineOptions {
  settings: DockerSettings;
  /** More arguments for dockerd, such as another address with TLS. */
  args?: readonly string[];
}

const startTimeoutMs = 60_000;
/** Other tests use the same data; one engine at a time may. */
const waitMs = 30 * 60_000;

/**
 * Starts dockerd with a socket of its own, without bridge and firewall rules, on data in the cache (images
 * that were built are found again). Waits while another engine has that data. Needs root.
 */
export async function startEngine({ settings, args = [] }: EngineOptions): Promise<Engine> {
  await mkdir(settings.cacheDir, { recursive: true });
  // Short, since the path of a socket has at most 107 bytes.
  const directory = await mkdtemp(join(tmpdir(), 'tracee-docker-'));
  const host = `unix://${join(directory, 'docker.sock')}`;
  const environment = { DOCKER_HOST: host, DOCKER_CONFIG: directory };
  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', words, { env: environment })).stdout;
  const daemon = await startDaemon(directory, host, settings, args, docker);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const ended = once(daemon, 'exit');
      daemon.kill(signal);
      await ended;
    }
    await endShims(directory);
  };
  return {
    host,
    docker,
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGTERM');
      await unmountBelow(directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startDaemon(
  directory: string,
  host: string,
  { cacheDir }: DockerSettings,
  args: readonly string[],
  docker: Engine['docker'],
): Promise<ChildProcess> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const daemon = spawn(
      // Ends with the test that started it, however that ends.
      'setpriv',
      [
        ...['--pdeathsig', 'TERM', 'dockerd'],
        ...['--data-root', join(cacheDir, 'data'), '--exec-root', join(directory, 'exec'), '--host', host],
        // Keeps a second engine off the same data.
        ...['--pidfile', join(cacheDir, 'engine.pid')],
        ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => (log = `${log}${text}`.slice(-4000)));
    const failed = once(daemon, 'exit').then(() => false);
    if (await Promise.race([answers(docker), failed])) return daemon;
    daemon.kill();
    if (!log.includes('pid file found') || Date.now() > deadline) {
      throw new Error(`dockerd does not start:\n${log}`);
    }
    await sleep(2000);
  }
}

async function answers(docker: Engine['docker']): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    try {
      await docker('version');
      return true;
    } catch {
      await sleep(100);
    }
  }
  return false;
}

/** Processes that keep containers going when their engine has died; told by the engine's own directory. */
async function endShims(directory: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (line.includes('containerd-shim') && line.includes(directory)) process.kill(Number(pid), 'SIGKILL');
  }
}

/** Namespaces and root file systems of containers that a killed engine has left mounted. */
async function unmountBelow(directory: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const below = mounts
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(directory));
  for (const path of below.toReversed()) await execa('umount', ['--lazy', path], { reject: false });
}
