import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's root, on the machine and in a VM. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const tracee = `${root}runtime/dist/cli/main.js`;
export const traceeEbpf = `${root}runtime/dist/cli/tracee-ebpf.js`;
export const traceeRules = `${root}runtime/dist/cli/tracee-rules.js`;
export const builder = `${root}builder/dist/cli/main.js`;

/**
 * The kind of hook that a kernel is known to have, and the events that stand on another
 * (`trampoline execveat=kprobe`); nothing is promised where it is not set.
 */
export const [expectedHook, ...otherHooks] = process.env['EXPECT_HOOK']?.split(' ') ?? [];

/** The kind of hook that an event is expected on; tracepoints have one kind of their own. */
export function expectedHookOf(event: string): string | undefined {
  const other = otherHooks.find((word) => word.startsWith(`${event}=`));
  return event.startsWith('sched_') ? 'tp_btf' : (other?.slice(event.length + 1) ?? expectedHook);
}

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunSettings {
  /** Added to the caller's. */
  env?: NodeJS.ProcessEnv;
  uid?: number;
}

/** Runs a program of this project to its end. */
export function run(script: string, args: readonly string[], options: RunSettings = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 256 * 1024 ** 2,
    env: { ...process.env, ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  return { status, stdout, stderr };
}

/**
 * Starts tracee and resolves when it says that it is at work. Its stdin is a pipe, which a command after `--`
 * reads: `startTracee(['--', '/bin/sh'])` is a tracee that watches a stage.
 */
export async function startTracee(args: readonly string[]): Promise<RunningTracee> {
  const child = spawn(process.execPath, [tracee, ...withExtraArguments(args)]);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
      if (/Ctrl-C ends|ends with the command/.test(output.stderr)) resolve();
    });
    child.once('close', () => {
      reject(new Error(`tracee ended: ${output.stderr}`));
    });
  });
  return { child, ended, heard: () => output.stdout };
}

export interface RunningTracee {
  child: ChildProcess;
  ended: Promise<Outcome>;
  /** What it has written to stdout until now. */
  heard: () => string;
}

/** Runs tracee to its end. */
export function runTracee(args: readonly string[], options: RunSettings = {}): Outcome {
  return run(tracee, withExtraArguments(args), options);
}

/**
 * What TRACEE_TEST_ARGS says, such as `--buffer perf`, is given to every tracee that loads an object, and
 * TRACEE_TEST_RULES to every one that detects and names no rules itself: an emulated processor needs a minute to
 * verify what all rules need.
 */
function withExtraArguments(args: readonly string[]): string[] {
  const extra = wordsOf('TRACEE_TEST_ARGS');
  if (args[0] === 'trace') return ['trace', ...extra, ...args.slice(1)];
  const rules = args.some((arg) => arg === '--rules' || arg === '--list') ? [] : wordsOf('TRACEE_TEST_RULES');
  return [...extra, ...rules.flatMap((rule) => ['--rules', rule]), ...args];
}

function wordsOf(variable: string): string[] {
  return (process.env[variable] ?? '').split(' ').filter((word) => word !== '');
}

/** The same promise for all who ask: a session starts with the first test that needs it. */
export function shared<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}

/** An event as `--output json` prints it. */
export interface JsonEvent {
  eventName: string;
  processName: string;
  processId: number;
  threadId: number;
  parentProcessId: number;
  userId: number;
  hostName: string;
  mountNamespace: number;
  pidNamespace: number;
  returnValue: number;
  hook: string;
  abi: string;
  executable: string | null;
  args: { name: string; value: unknown; cut?: { of: number | null } }[];
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
