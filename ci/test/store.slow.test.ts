import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rage, type Round, type Storm } from './store-storm.js';

/* Builders that share a store. ROUNDS makes fewer or more of those in which builders are killed. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const object = 'tracee.bpf.core.0_1_0.o';

function createStorm(context: TestContext, options: Pick<Storm, 'processes' | 'kills' | 'rounds'>): Storm {
  const scratch = mkdtempSync(join(tmpdir(), 'tracee-store-test-'));
  context.after(() => {
    rmSync(scratch, { recursive: true });
  });
  const store = join(scratch, 'store');
  mkdirSync(store);
  return {
    builder: join(root, 'builder/dist/cli/main.js'),
    sources: join(root, 'builder/test/fixtures/sources'),
    clang: execFileSync('which', ['clang'], { encoding: 'utf8' }).trim(),
    ...{ scratch, stores: [store], ...options },
  };
}

function describe({ seconds, compiles, killed, killedWhileCompiling, reads }: Round): string {
  const holder = killedWhileCompiling ? ', the one at work among them' : '';
  const looks = `${reads.object} looks saw the object, ${reads.none} none, ${reads.bad.length} a bad one`;
  return `${seconds.toFixed(1)} s, ${killed} killed${holder}, ${compiles} compiles; ${looks}`;
}

/** What must hold whoever is killed. */
function checkRound({ failures, digests, reads, files }: Round): void {
  assert.deepEqual(failures, [], 'a builder failed');
  assert.equal(digests.length, 1, 'builders gave different objects');
  assert.deepEqual(reads.bad, [], 'a reader saw a bad object');
  assert.ok(reads.object > 0 && reads.none > 0, 'readers looked before and after');
  assert.ok(files.includes(object), files.join());
}

test('50 builders of one object at once compile once, and all have the same object', async (context) => {
  const [round] = await rage(createStorm(context, { processes: 50, kills: 0, rounds: 1 }));
  assert.ok(round);
  context.diagnostic(describe(round));
  checkRound(round);
  assert.equal(round.compiles, 1);
  assert.deepEqual(round.files, [object], 'neither lock nor temporary file is left');
});

test('with 20 of 50 killed at random, no object is torn and no lock stays', async (context) => {
  const rounds = Number(process.env['ROUNDS'] ?? 20);
  const storm = createStorm(context, { processes: 50, kills: 20, rounds });
  const all = await rage(storm, (round) => {
    context.diagnostic(describe(round));
    checkRound(round);
    assert.ok(round.compiles <= round.killed + 1, `${round.compiles} compiles`);
  });
  assert.ok(
    all.some(({ killedWhileCompiling }) => killedWhileCompiling),
    'whoever compiled was killed in some round',
  );
  assert.equal(new Set(all.flatMap(({ digests }) => digests)).size, 1);
});
