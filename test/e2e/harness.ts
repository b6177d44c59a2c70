import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's root, on the machine and in a VM. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const tracee = `${root}runtime/dist/cli/main.js`;
export const builder = `${root}builder/dist/cli/main.js`;

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program of this project to its end. `env` is added to the caller's. */
export function run(
  script: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; uid?: number; timeoutMs?: number } = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    timeout: options.timeoutMs ?? 120_000,
    env: { ...process.env, ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  return { status, stdout, stderr };
}

/** Starts tracee and resolves when it says that it is at work. */
export async function startTracee(
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<RunningTracee> {
  const child = spawn(process.execPath, [tracee, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
      if (output.stderr.includes('Ctrl-C ends')) resolve();
    });
    child.once('close', () => {
      reject(new Error(`tracee ended: ${output.stderr}`));
    });
  });
  return { signal: (name) => child.kill(name), ended };
}

export interface RunningTracee {
  signal: (name: NodeJS.Signals) => boolean;
  ended: Promise<Outcome>;
}

/** An event as `--output json` prints it. */
export interface JsonEvent {
  eventName: string;
  processName: string;
  processId: number;
  returnValue: number;
  hook: string;
  abi: string;
  executable: string | null;
  args: { name: string; value: unknown }[];
}

export interface JsonFinding {
  rule: { id: string };
  event: JsonEvent;
  ancestors: { hostPid: number; comm: string }[];
  lostEvents: number;
}

/** The lines of a JSON stream; other lines (what a traced program printed) are left out. */
export function parseLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}

export function argument(event: JsonEvent, name: string): unknown {
  return event.args.find((one) => one.name === name)?.value;
}
