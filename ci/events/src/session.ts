import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLines, root, startTracee, type JsonEvent } from '../../../test/dist/harness.js';
import { quote, Stage } from '../../../test/dist/stage.js';
import { killTree } from '../../detection/dist/process-tree.js';
import type { EventRow } from './rows/row.js';
import { judge, type Performance, type RowVerdict } from './verdict.js';

export interface SessionOptions {
  readonly isVm: boolean;
  /** For one row. */
  readonly limitMs: number;
}

/** Performs rows one after the other under one tracee that watches nothing else, and says what each came to. */
export async function runSession(
  rows: readonly EventRow[],
  { isVm, limitMs }: SessionOptions,
): Promise<RowVerdict[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tracee-events-'));
  const names = [...new Set(rows.map(({ event }) => event))];
  const { child, ended, heard } = await startTracee([
    ...[
      'trace',
      '--buffer-size',
      '64',
      '--output',
      'json',
      '--trace',
      `event=${names.join(',')}`,
      '--',
      '/bin/sh',
    ],
  ]);
  const stage = new Stage(child);
  try {
    const shell = await stage.pid();
    const performances = new Map<EventRow, Performance>();
    const shared = new Map<string, Performance>();
    for (const row of rows) {
      if (row.isForVm === true && !isVm) continue;
      const directory = join(scratch, String(performances.size));
      const known = row.isShared === true ? shared.get(row.script) : undefined;
      const performance = known ?? (await perform(row, { stage, shell, directory, limitMs }));
      if (row.isShared === true) shared.set(row.script, performance);
      performances.set(row, performance);
    }
    await untilQuiet(heard, isVm ? 15_000 : 1_000);
    child.kill('SIGINT');
    const { stdout, stderr, status } = await ended;
    if (status !== 0) throw new Error(`tracee ended with status ${status}: ${stderr}`);
    if (!/ 0 lost/.test(stderr)) throw new Error(`tracee has lost events:\n${stderr.slice(-2000)}`);
    const events = parseLines<JsonEvent>(stdout);
    const session = { events, unavailable: readGaps(stderr), shell };
    return rows.map((row) => {
      const performance = performances.get(row);
      return performance === undefined ? leftOut(row) : judge(row, performance, session);
    });
  } finally {
    child.kill('SIGINT');
    await ended;
    rmSync(scratch, { recursive: true, force: true });
  }
}

function leftOut({ event, act }: EventRow): RowVerdict {
  const reason = 'it changes the machine: in a virtual machine only';
  return { event, act, outcome: 'impossible', hook: '', reason };
}

/** An emulated machine is behind with what it prints, and a tracee that is ended does not print all of that. */
async function untilQuiet(heard: () => string, quietMs: number): Promise<void> {
  for (let length = -1; length < heard().length;) {
    length = heard().length;
    await sleep(quietMs);
  }
}

interface Place {
  readonly stage: Stage;
  readonly shell: number;
  readonly directory: string;
  readonly limitMs: number;
}

async function perform(row: EventRow, place: Place): Promise<Performance> {
  const { stage, shell, directory, limitMs } = place;
  const errors = `${directory}.stderr`;
  mkdirSync(directory);
  const limit = setTimeout(() => killTree(shell), limitMs);
  const { pid, status } = await stage.run(
    `ACTS=${quote(join(root, 'dist/attacks'))}; cd ${quote(directory)} && exec 2>${quote(errors)} </dev/null; ${row.script}`,
  );
  clearTimeout(limit);
  return { pid, status, directory, said: lastLine(errors) };
}

function lastLine(path: string): string {
  return lastLineOf(readFileSync(path, 'utf8'));
}

function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** `tracee: security_bpf is unavailable here: trampoline: …` */
function readGaps(stderr: string): ReadonlyMap<string, string> {
  const found = stderr.matchAll(/^(?:tracee: )?(\S+) is unavailable here: (.*)$/gm);
  return new Map([...found].map(([, event = '', reason = '']) => [event, reason]));
}
