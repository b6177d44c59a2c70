import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDirectory } from '../fixtures/scratch.js';

/* The program as `make build` leaves it. */
const script = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Where one test runs the program: nothing of the caller's environment but PATH reaches it. */
export interface Place {
  directory: string;
  output: string;
  temporary: string;
  env: NodeJS.ProcessEnv;
}

export function createPlace(context: { after(callback: () => void): void }): Place {
  const directory = createDirectory(context);
  const temporary = join(directory, 'temporary');
  mkdirSync(temporary);
  return {
    directory,
    output: join(directory, 'out'),
    temporary,
    env: { PATH: process.env['PATH'], TMPDIR: temporary },
  };
}

export function run(place: Place, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return start(place, [process.execPath, script, ...args], env).ended;
}

/** Runs the program as another user, without capabilities. Needs root. */
export function runAs(
  place: Place,
  uid: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const user = ['setpriv', `--reuid=${uid}`, '--clear-groups', '--bounding-set=-all'];
  return start(place, [...user, process.execPath, script, ...args], env).ended;
}

/**
 * Runs the program in a mount namespace of its own, in which `setup` (shell) has mounted something before and
 * `finish` can look at it afterwards. Needs root, or user namespaces.
 */
export function runMounted(
  place: Place,
  { setup, finish = ':' }: { setup: string; finish?: string },
  args: readonly string[],
): Promise<Outcome> {
  const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];
  const shell = `${setup} || exit 99; "$@"; status=$?; ${finish}; exit $status`;
  const command = ['unshare', ...namespace, 'sh', '-c', shell, 'sh', process.execPath, script, ...args];
  return start(place, command).ended;
}

/** Starts the program, waits until it has made `file`, sends the signal, and gives the status it ends with. */
export async function interrupt(
  place: Place,
  args: readonly string[],
  { file, signal, env }: { file: string; signal: NodeJS.Signals; env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const { child, ended } = start(place, [process.execPath, script, ...args], env);
  await appears(file, child);
  child.kill(signal);
  return ended;
}

function start(
  place: Place,
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; ended: Promise<Outcome> } {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: place.directory,
    env: { ...place.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
  return { child, ended };
}

async function appears(file: string, child: ChildProcess): Promise<void> {
  while (!existsSync(file)) {
    if (child.exitCode !== null)
      throw new Error(`the program ended (${child.exitCode}) before ${file} was there`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
