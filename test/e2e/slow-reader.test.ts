import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseLines, root, tracee, type JsonEvent } from './harness.js';

/* Half a million events, and nobody who reads them: some 350 MB of lines, if they were kept. */

const flood = `${root}dist/attacks/flood-with-traceme`;
const floodCalls = 500_001;
const mebibyte = 1024;

interface Unread {
  child: ChildProcessWithoutNullStreams;
  stderr: () => string;
  /** Resolves when the flood is over. */
  flooded: Promise<void>;
}

/** The flood, and then what else the shell is to do; stdout is a pipe from which nothing is taken yet. */
function startUnread(afterwards: string): Unread {
  const script = `"$0"; echo flooded >&2; ${afterwards}`;
  const child = spawn(process.execPath, [
    ...[tracee, 'trace', '--json', '--trace', 'event=ptrace', '--'],
    ...['/bin/sh', '-c', script, flood],
  ]);
  let stderr = '';
  const flooded = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (/^flooded$/m.test(stderr)) resolve();
    });
    child.once('exit', () => {
      reject(new Error(`tracee ended: ${stderr}`));
    });
  });
  return { child, flooded, stderr: () => stderr };
}

function residentKib(pid: number | undefined): number {
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1]);
}

function countsIn(text: string): { produced: number; delivered: number; lost: number } {
  const [, produced, delivered, lost] =
    /(\d+) events \([^)]*\), (\d+) delivered, (\d+) lost/.exec(text) ?? assert.fail(text);
  return { produced: Number(produced), delivered: Number(delivered), lost: Number(lost) };
}

test('events that nobody reads are lost where they are counted, not kept in memory; who reads late gets the others', async () => {
  const { child, flooded, stderr } = startUnread(':');
  await flooded;
  const kib = residentKib(child.pid);
  assert.ok(kib < 200 * mebibyte, `${kib} KiB are in memory`);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0, stderr());
  const { produced, delivered, lost } = countsIn(stderr());
  assert.equal(produced, floodCalls);
  assert.equal(delivered + lost, produced);
  assert.ok(lost > 0, 'everything fitted somewhere');
  const events = parseLines<JsonEvent>(stdout);
  assert.equal(events.length, delivered);
  assert.ok(events.every(({ eventName }) => eventName === 'ptrace'));
});

test('a signal ends tracing although nobody reads, and says what was not told', async () => {
  const { child, flooded, stderr } = startUnread('exec sleep 1000');
  await flooded;
  child.kill('SIGTERM');
  const [status] = (await once(child, 'exit')) as [number | null];
  assert.equal(status, 0, stderr());
  const { produced, delivered, lost } = countsIn(stderr());
  assert.equal(produced, floodCalls);
  assert.equal(delivered + lost, produced);
  assert.match(stderr(), /\d+ of the delivered events not printed: nobody read them/);
  assert.match(stderr(), /tracee: \d+ bytes of output are left: nobody read them/);
});

test('what cannot be written ends the program with the reason', () => {
  for (const args of ['trace --list', 'trace --json --trace event=execve -- /bin/true']) {
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', `exec "$0" "$1" ${args} >/dev/full`, process.execPath, tracee],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^tracee: stdout cannot be written: ENOSPC.*\n {2}free some room/m);
  }
});

test(
  'findings that nobody reads are kept up to a bound, and then counted',
  { timeout: 120_000 },
  async (context) => {
    const child = spawn(process.execPath, [
      ...[tracee, '--json', '--dedup-window', '0', '--rate-limit', 'off', '--rules', 'TRC-2', '--'],
      `${root}dist/attacks/flood-of-tracemes`,
    ]);
    context.signal.addEventListener('abort', () => child.kill('SIGKILL'));
    let stderr = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (stderr.includes('nobody reads stdout')) resolve();
      });
      child.once('exit', () => reject(new Error(`tracee ended: ${stderr}`)));
    });
    let findings = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 0x0a) findings += 1;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0, stderr);
    const delivered = Number(/detections \([^)]*\), (\d+) delivered/.exec(stderr)?.[1]);
    const unprinted = Number(/(\d+) findings not printed: nobody read them/.exec(stderr)?.[1]);
    assert.ok(unprinted > 0, stderr);
    assert.equal(findings + unprinted, delivered, stderr);
  },
);
