import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFindings, type SeenFinding } from '../../../runtime/dist/selftest/finding.js';
import { attribute, judge, type Performance, type Verdict } from '../../../runtime/dist/selftest/verdict.js';
import { root, startTracee, tracee } from '../../../test/dist/harness.js';
import { quote, Stage } from '../../../test/dist/stage.js';
import { commandOf, lackOf, rowEnvironment } from './command.js';
import { killTree } from './process-tree.js';
import type { Row } from './rows/row.js';

export interface SessionOptions {
  /** Given to tracee, such as `--hooks tp_btf`. */
  readonly traceeArguments: readonly string[];
  readonly isVm: boolean;
  /** For one row. */
  readonly limitMs: number;
}

/** A row and what it came to. */
export type RowVerdict = Verdict & { readonly id: string };

/**
 * Performs rows, as they come, one after the other under one tracee that watches nothing else, and says what each came to. Files
 * that rows make lie in a directory that is removed at the end.
 */
export async function runSession(rows: Iterable<Row>, options: SessionOptions): Promise<RowVerdict[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tracee-detection-'));
  const { child, ended } = await startTracee([
    ...options.traceeArguments,
    '--output',
    'json',
    '--',
    '/bin/sh',
  ]);
  const stage = new Stage(child);
  try {
    const shell = await stage.pid();
    const performances = new Map<Row, Performance>();
    for (const row of rows) performances.set(row, await perform(row, { ...options, stage, shell, scratch }));
    child.kill('SIGINT');
    const { stdout, stderr, status } = await ended;
    if (status !== 0) throw new Error(`tracee ended with status ${status}: ${stderr}`);
    const causes = attribute(parseFindings(stdout), [...performances.values()]);
    return [...performances.keys()].map((row) => verdictOf(row, performances, causes));
  } finally {
    child.kill('SIGINT');
    await ended;
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Options for a session in which every finding is told, signals too; of those that this tracee has. */
export function tellEverything(): string[] {
  return knownOptions([['--signals'], ['--rate-limit', 'off'], ['--dedup-window', '0']]);
}

/** Options for a session with the window of repeats that users have. */
export function tellOnce(): string[] {
  return knownOptions([['--signals'], ['--rate-limit', 'off']]);
}

function knownOptions(options: readonly (readonly string[])[]): string[] {
  const { stdout } = spawnSync(process.execPath, [tracee, '--help'], { encoding: 'utf8' });
  return options.filter(([name = '']) => stdout.includes(name)).flat();
}

interface Scene extends SessionOptions {
  readonly stage: Stage;
  readonly shell: number;
  readonly scratch: string;
}

const impossible = (reason: string): Performance => ({ pid: -1, status: 77, reason, began: -1, ended: -1 });

async function perform(row: Row, scene: Scene): Promise<Performance> {
  const command = commandOf(row, root);
  const lack = lackOf(row, command, scene.isVm);
  if (lack !== undefined) return impossible(lack);
  const directory = join(scene.scratch, row.id);
  mkdirSync(directory);
  resetPreload(scene.shell, row.hasPreload);
  const errors = `${directory}.stderr`;
  const environment = Object.entries(rowEnvironment).map(([name, value]) => `${name}=${value}`);
  const script = `cd ${quote(directory)} && exec env -i ${[...environment, ...command].map(quote).join(' ')} 2>${quote(errors)} </dev/null`;
  const began = now();
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    killTree(scene.shell);
  }, scene.limitMs);
  const { pid, status } = await scene.stage.run(script);
  clearTimeout(limit);
  const reason = isLate ? `it did not end within ${scene.limitMs / 1000} s` : lastLine(errors);
  return { pid, status, reason, began, ended: now() };
}

/** In the stage's own /etc, from outside of what is watched; only where that is one to throw away. */
function resetPreload(shell: number, hasPreload: boolean): void {
  const etc = `/proc/${shell}/root/etc`;
  try {
    readFileSync(`${etc}/tracee-throw-away`);
  } catch {
    return;
  }
  rmSync(`${etc}/ld.so.preload`, { force: true });
  if (hasPreload) writeFileSync(`${etc}/ld.so.preload`, '\n');
}

function verdictOf(
  row: Row,
  performances: ReadonlyMap<Row, Performance>,
  causes: ReadonlyMap<Performance, SeenFinding[]>,
): RowVerdict {
  const performance = performances.get(row) ?? impossible('it was not run');
  return { id: row.id, ...judge(row, performance, causes.get(performance) ?? []) };
}

/** Seconds of the monotonic clock, as the kernel stamps events. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '';
}
