import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { staleMs } from '../../src/store/lock-files.js';
import { takeTurn, tryLock } from '../../src/store/lock.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

const name = 'tracee.bpf.6_1_0.0_1_0.o';

/** A store with the lock of a builder that gave its last sign of life so long ago. */
function createLocked(context: TestContext, silentMs: number): { directory: string; lock: string } {
  const directory = createDirectory(context);
  const lock = join(directory, `.${name}.lock`);
  mkdirSync(lock);
  const time = new Date(Date.now() - silentMs);
  utimesSync(lock, time, time);
  return { directory, lock };
}

function turnIn(directory: string): Parameters<typeof takeTurn>[0] & { waits: number } {
  const turn = {
    ...{ directory, name, signal: new AbortController().signal, waits: 0 },
    onWait: (): void => {
      turn.waits += 1;
    },
  };
  return turn;
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

test('one builder has the lock, in a directory that is made for it, and leaves nothing', async (context) => {
  const directory = join(createDirectory(context), 'made');
  const release = await tryLock(directory, name);
  assert.ok(release);
  assert.deepEqual(readdirSync(directory), [`.${name}.lock`]);
  assert.equal(await tryLock(directory, name), undefined);
  await release();
  assert.deepEqual(readdirSync(directory), []);
});

test('builders of different objects do not wait for each other', async (context) => {
  const directory = createDirectory(context);
  const releases = [await tryLock(directory, name), await tryLock(directory, `${name}.other.o`)];
  for (const release of releases) {
    assert.ok(release);
    await release();
  }
});

test('of many at once one works, and the others find what it made', async (context) => {
  const directory = createDirectory(context);
  let made: number | undefined;
  let works = 0;
  const turns = Array.from({ length: 20 }, () => turnIn(directory));
  const results = await Promise.all(
    turns.map((turn) =>
      takeTurn(
        turn,
        () => Promise.resolve(made),
        async () => {
          works += 1;
          await new Promise((resolve) => setTimeout(resolve, 300));
          made = 42;
          return made;
        },
      ),
    ),
  );
  assert.equal(works, 1);
  assert.deepEqual(new Set(results), new Set([42]));
  assert.equal(turns.filter(({ waits }) => waits === 1).length, 19, 'each waiter was told once');
  assert.deepEqual(readdirSync(directory), []);
});

test('when the work fails the lock is free again', async (context) => {
  const directory = createDirectory(context);
  const fails = (): Promise<never> => Promise.reject(new Error('broken'));
  await assert.rejects(takeTurn(turnIn(directory), nothing, fails), /broken/);
  assert.equal(await takeTurn(turnIn(directory), nothing, () => Promise.resolve(7)), 7);
});

test('the lock of a builder that lives is respected', async (context) => {
  const { directory, lock } = createLocked(context, staleMs / 2);
  assert.equal(await tryLock(directory, name), undefined);
  assert.ok(existsSync(lock));
});

test('the lock of a builder that was killed is taken over', async (context) => {
  const { directory, lock } = createLocked(context, staleMs + 1000);
  const losses: string[] = [];
  const release = await tryLock(directory, name, (message) => losses.push(message));
  assert.ok(release);
  assert.match(
    losses.join(),
    /^another builder of this object was silent for \d+ s: its lock was taken over$/,
  );
  assert.ok(Date.now() - statSync(lock).mtimeMs < staleMs, 'it is a new one');
  await release();
  assert.deepEqual(readdirSync(directory), []);
});

test('of many that find a killed builder’s lock, one takes it', async (context) => {
  const { directory } = createLocked(context, staleMs * 10);
  const releases = await Promise.all(Array.from({ length: 20 }, () => tryLock(directory, name)));
  const holders = releases.filter((release) => release !== undefined);
  assert.ok(holders.length <= 1, `${holders.length} hold it`);
  await Promise.all(holders.map((release) => release()));
  // Whoever was refused at that moment gets it at the next try.
  const release = await tryLock(directory, name);
  assert.ok(release);
  await release();
});

test('one that was killed while it removed a dead builder’s lock is no obstacle for long', async (context) => {
  const { directory, lock } = createLocked(context, staleMs * 10);
  const removal = `${lock}.removal`;
  mkdirSync(removal);
  assert.equal(await tryLock(directory, name), undefined, 'it may be at it');
  const time = new Date(Date.now() - staleMs * 2);
  utimesSync(removal, time, time);
  const worked = await takeTurn(turnIn(directory), nothing, () => Promise.resolve('worked'));
  assert.equal(worked, 'worked');
  assert.deepEqual(readdirSync(directory), []);
});

test('a lock from the future, of a clock that was set back, is taken over', async (context) => {
  const { directory } = createLocked(context, -24 * 60 * 60 * 1000);
  const release = await tryLock(directory, name);
  assert.ok(release);
  await release();
});

test('a lock that was lost is not released for its new holder', async (context) => {
  const directory = createDirectory(context);
  const lock = join(directory, `.${name}.lock`);
  const losses: string[] = [];
  const turn = { ...turnIn(directory), onLoss: (message: string) => losses.push(message) };
  const result = await takeTurn(turn, nothing, async () => {
    // As another one does who took this builder for dead.
    rmdirSync(lock);
    mkdirSync(lock);
    const later = new Date(Date.now() + 3000);
    utimesSync(lock, later, later);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return 'done';
  });
  assert.equal(result, 'done', 'the work is not lost');
  assert.match(losses.join(), /^this builder was silent for too long and lost its lock/);
  assert.ok(existsSync(lock));
});

test('who waits can be stopped', async (context) => {
  const { directory } = createLocked(context, 0);
  const stopping = new AbortController();
  const turn = { ...turnIn(directory), signal: stopping.signal, onWait: () => stopping.abort() };
  await assert.rejects(
    takeTurn(turn, nothing, () => Promise.resolve(1)),
    { name: 'AbortError' },
  );
});

test('a store that is a file is refused before anything is built', async (context) => {
  const root = writeFiles(createDirectory(context), { file: 'kept' });
  const error = await errorOf(() =>
    takeTurn(turnIn(join(root, 'file/below')), nothing, () => Promise.resolve(1)),
  );
  assert.equal(error.code, 'PUBLISH_FAILED');
  assert.equal(error.message, `${join(root, 'file/below', name)} cannot be written: ENOTDIR`);
});
