import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEvent } from '../../runtime/dist/events/catalogue/index.js';
import { readResults } from '../events/dist/results.js';
import { readRowChoice, rows } from '../events/dist/rows/index.js';
import { runOnMachine } from '../events/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';
import { root } from './repository.js';

const keyOf = ({ event, act }: { event: string; act: string }): string => `${event}, ${act}`;

/* These load BPF programs: they need root, and the programs of `make attacks`. */
test('events that this machine can serve come with what real programs gave them', async (context) => {
  const { verdicts } = await runOnMachine({
    rows: '',
    settings: readSettings(process.env),
    onProgress: (message) => context.diagnostic(message),
  });
  assert.equal(verdicts.length, rows.length);
  for (const { event, act, outcome, reason } of verdicts) {
    await context.test(`${event}, ${act}`, (row) => {
      if (reason !== '') row.diagnostic(`${outcome}: ${reason}`);
      assert.ok(['seen', 'quiet', 'unavailable', 'impossible'].includes(outcome), `${outcome}: ${reason}`);
    });
  }
  assert.ok(verdicts.filter(({ outcome }) => outcome === 'seen').length > 0);
});

test('no two rows are called the same, each is about an event and its arguments', () => {
  assert.equal(new Set(rows.map(keyOf)).size, rows.length);
  for (const row of rows) {
    const event = findEvent(row.event);
    assert.ok(event, row.event);
    const expects =
      typeof row.expects === 'function' ? row.expects({ pid: 1, directory: '/tmp' }) : row.expects;
    for (const name of Object.keys({ ...expects, ...row.expectsOfCall }))
      assert.ok(
        event.arguments.some((argument) => argument.name === name),
        `${keyOf(row)}: ${name}`,
      );
  }
});

test('every program that a row names has a source, and every source is named by a row', () => {
  const named = new Set(
    rows.flatMap(({ script }) => [...script.matchAll(/\$ACTS\/(act-[\w-]+)/g)].map((match) => match[1])),
  );
  const sources = readdirSync(join(root, 'test/acts')).filter((name) => name.endsWith('.c'));
  assert.deepEqual([...named].sort(), sources.map((name) => name.slice(0, -'.c'.length)).sort());
});

test('kept results are of rows that there are, and none of them failed', () => {
  const known = new Set(rows.map(keyOf));
  for (const { kernel, verdicts } of readResults()) {
    for (const verdict of verdicts) {
      assert.ok(known.has(keyOf(verdict)), `${kernel}: ${keyOf(verdict)}: run \`make test-events\``);
      assert.ok(!['missed', 'wrong', 'broken'].includes(verdict.outcome), `${kernel}: ${keyOf(verdict)}`);
    }
  }
});

test('rows are chosen by event and by the beginning of its name; a word that chooses nothing is refused', () => {
  assert.ok(readRowChoice('security_file_open').every(({ event }) => event === 'security_file_open'));
  assert.ok(readRowChoice('security_*').length > readRowChoice('security_file_open').length);
  assert.equal(readRowChoice('').length, rows.length);
  assert.throws(() => readRowChoice('security_file'), /no row is about "security_file"/);
});
