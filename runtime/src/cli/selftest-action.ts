import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TraceeError } from '../errors.js';
import { escapeJson, escapeText } from '../output/escape.js';
import { readActs, type SelftestAct } from '../selftest/act.js';
import { parseFindings } from '../selftest/finding.js';
import { Stage } from '../selftest/stage.js';
import { shortcomings, tally, type Judged } from '../selftest/summary.js';
import { attribute, judge, type Performance } from '../selftest/verdict.js';
import { selectRules } from '../signatures/index.js';
import { print, say } from './report.js';

export interface SelftestFlags {
  json?: true;
  rules?: string[];
}

const program = fileURLToPath(new URL('main.js', import.meta.url));
const directory = fileURLToPath(new URL('../../selftest', import.meta.url));

/** Performs the acts and prints what came of them; sets the status to end with. */
export async function selftest(flags: SelftestFlags): Promise<void> {
  const rules = new Set(selectRules(flags.rules ?? []).map(({ metadata }) => metadata.id));
  const acts = readActs(directory).filter(({ rule }) => rules.has(rule));
  const judged = await perform(acts);
  const failures = shortcomings(judged);
  if (flags.json === true)
    print(escapeJson(JSON.stringify({ release: release(), failures, acts: judged.map(toJson) })));
  else for (const line of describe(judged)) print(escapeText(line));
  for (const failure of failures) say(escapeText(`selftest: ${failure}`));
  if (failures.length > 0) process.exitCode = 1;
}

/** The whole command line of the tracee that watches: its users' own, with nothing held back. */
async function perform(acts: readonly SelftestAct[]): Promise<Judged[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tracee-selftest-'));
  const stage = await Stage.open(join(directory, 'attacks'), scratch);
  try {
    const options = ['--signals', '--rate-limit', 'off', '--dedup-window', '0', '--output', 'json'];
    const watcher = await watch([...options, '--scope', `tree=${stage.pid}`]);
    const performances = new Map<SelftestAct, Performance>();
    for (const act of acts) performances.set(act, await stage.perform(act));
    const causes = attribute(parseFindings(await watcher.end()), [...performances.values()]);
    return [...performances].map(([act, performance]) => ({
      ...act,
      verdict: judge(act, performance, causes.get(performance) ?? []),
    }));
  } finally {
    await stage.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Starts a tracee and waits until it is at work; `end` gives what it has found. */
async function watch(words: readonly string[]): Promise<{ end: () => Promise<string> }> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let found = '';
  let said = '';
  const ended = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (text: string) => (found += text));
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Ctrl-C ends')) resolve();
    });
    child.once('close', () => reject(new TraceeError('SELFTEST_FAILED', `tracee ended: ${said.trim()}`)));
  });
  return {
    end: async () => {
      child.kill('SIGINT');
      await ended;
      return found;
    },
  };
}

function toJson({ id, class: actClass, verdict }: Judged): object {
  return { id, class: actClass, ...verdict };
}

function describe(judged: readonly Judged[]): string[] {
  const lines = judged.map(({ id, class: actClass, verdict: { outcome, by, reason } }) => {
    const why = [reason, ...by].filter((word) => word !== '').join('; ');
    return `${id.padEnd(28)} ${actClass.padEnd(8)} ${outcome.padEnd(10)} ${why}`.trimEnd();
  });
  const counts = (['plain', 'evasive', 'signal', 'benign'] as const).map((actClass) => {
    const { right, possible, impossible } = tally(judged, actClass);
    return `${actClass} ${right} of ${possible}${impossible === 0 ? '' : ` (${impossible} impossible here)`}`;
  });
  return [...lines, counts.join(', ')];
}
