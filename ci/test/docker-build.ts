import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchKernel, type FetchedKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import type { Engine } from '../docker/dist/engine.js';
import { root } from './repository.js';

/* Runs `tracee-builder` against an engine, as users do. */

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Outcome>;
}

/** Killed programs leave their work here. */
const temporary = mkdtempSync(join(tmpdir(), 'tracee-docker-tmp-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));

const builder = join(root, 'builder/dist/cli/main.js');

export function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-docker-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** The arguments of a build for a kernel of the cache. */
export async function buildArguments(kernel: string, output: string): Promise<string[]> {
  const { release, buildDir, sourceDir } = await fetchedKernel(kernel);
  return ['build', '--kernel', release, '--headers', `${buildDir}:${sourceDir}`, '--output', output];
}

export function fetchedKernel(name: string): Promise<FetchedKernel> {
  return fetchKernel(findKernelRow(name), { settings: readSettings(process.env) });
}

/** Nothing of the caller's environment but PATH reaches the program. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return launch(process.execPath, [builder, ...args], env);
}

export function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return start(args, env).ended;
}

export function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
  return { child, ended };
}

/** Names of the builder's containers, in whatever state. */
export async function containers(engine: Engine): Promise<string[]> {
  const names = await engine.docker(
    ...['ps', '--all', '--filter', 'label=tracee-builder', '--format', '{{.Names}}'],
  );
  return names.split('\n').filter((name) => name !== '');
}

/** Waits until a compiler runs in a container of the build, and gives the container's name. */
export async function compiling(engine: Engine, { child }: Running): Promise<string> {
  while (child.exitCode === null) {
    for (const name of await containers(engine)) {
      const processes = await engine.docker('top', name).catch(() => '');
      if (processes.includes('clang')) return name;
    }
    await sleep(50);
  }
  throw new Error(`the build ended (${child.exitCode}) before a compiler ran`);
}

export function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** What readers could take for an object. A killed builder cannot give back its lock: the next one takes it over. */
export function filesButLock(directory: string): string[] {
  return filesIn(directory).filter((name) => !name.endsWith('.lock'));
}
