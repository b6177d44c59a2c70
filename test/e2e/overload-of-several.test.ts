import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { root, run, tracee, type JsonEvent } from './harness.js';

/* Six events flooded at once, by two processes on as many processors. */

const flood = `${root}dist/attacks/flood-of-several`;
const processes = 2;
const rounds = 25_000;

/** Each round of the flood causes one of each. */
const names = ['ptrace', 'write', 'vfs_write', 'close', 'openat', 'setns'];

const directory = mkdtempSync(join(tmpdir(), 'tracee-overload-of-several-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** `(ptrace 50000, close 50000)` behind a word of the closing line, by event. */
function listed(stderr: string, word: string): Map<string, number> {
  const list = new RegExp(`\\d+ ${word} \\((?<list>[^)]*)\\)`).exec(stderr)?.groups?.['list'] ?? '';
  return new Map(
    list
      .split(', ')
      .map((entry) => entry.split(' '))
      .map(([name = '', count]) => [name, Number(count)]),
  );
}

/** Lines, by event. */
async function countLines(file: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { eventName } = JSON.parse(line) as JsonEvent;
    counts.set(eventName, (counts.get(eventName) ?? 0) + 1);
  }
  return counts;
}

const both = '"$0" & "$0" & wait';

for (const [title, script, isOverload] of [
  ['nobody reads', `kill -STOP $PPID; ${both}; kill -CONT $PPID`, true],
  ['is read while it comes', both, false],
] as const) {
  for (const buffer of ['ring', 'perf']) {
    test(`of a flood of six events in the ${buffer} buffer that ${title}, each adds up`, async (context) => {
      const file = join(directory, `${buffer}-${isOverload}.json`);
      const outcome = run(tracee, [
        ...['trace', '--buffer', buffer, '--trace', `event=${names.join(',')}`],
        ...['--output', 'json', '--output', `out-file:${file}`, '--', '/bin/sh', '-c', script, flood],
      ]);
      assert.equal(outcome.status, 0, outcome.stderr);
      const closing = outcome.stderr.trimEnd().split('\n').at(-1) ?? '';
      const produced = listed(closing, 'events');
      const lost = listed(closing, 'lost');
      const lines = await countLines(file);
      for (const name of names) {
        const made = produced.get(name) ?? 0;
        // The shell opens and closes a few files too.
        const byShell = made - processes * rounds;
        if (name !== 'openat' && name !== 'close') assert.equal(byShell, 0, `${name}: ${closing}`);
        assert.ok(byShell >= 0 && byShell < 50, `${name}: ${closing}`);
        assert.equal((lines.get(name) ?? 0) + (lost.get(name) ?? 0), made, `${name}: ${closing}`);
        if (isOverload) assert.ok((lost.get(name) ?? 0) > 0, `${name} was not flooded: ${closing}`);
      }
      context.diagnostic(closing);
    });
  }
}
