import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { release as runningRelease } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { collect, type KeepRules } from '../../src/store/collect.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';
import { other, own, putObject } from './stored.js';

const runningKernel = runningRelease();
const forReal = { now: Date.now(), isDryRun: false };

/** Names below a store that a collection by these rules leaves. */
async function keptBy(store: string, rules: Omit<KeepRules, 'runningKernel'>): Promise<Set<string>> {
  await collect(store, { ...rules, runningKernel }, forReal);
  return new Set(readdirSync(store));
}

test('objects are kept by age', async (context) => {
  const store = createDirectory(context);
  putObject(store, { version: '0.1.0', ageDays: 40 });
  const young = putObject(store, { version: '0.2.0', ageDays: 20 });
  assert.deepEqual(await keptBy(store, { days: 30 }), new Set([basename(young)]));
});

test('of each kernel and architecture the newest are kept, whatever their versions', async (context) => {
  const store = createDirectory(context);
  const kept = [
    putObject(store, { version: '0.1.0', ageDays: 1 }),
    putObject(store, { version: '0.3.0', ageDays: 2 }),
    putObject(store, { release: '5.10.0', ageDays: 90 }),
  ].map((path) => basename(path));
  putObject(store, { version: '0.2.0', ageDays: 3 });
  const twin = 'tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o';
  putObject(store, { arch: other, place: join(other, twin), ageDays: 90 });
  assert.deepEqual(await keptBy(store, { newest: 2 }), new Set([other, ...kept]));
  assert.deepEqual(readdirSync(join(store, other)), [twin]);
});

test('objects of kernels that are still in use are kept, and portable ones', async (context) => {
  const store = createDirectory(context);
  const kept = [
    putObject(store, { release: '6.1.0-50-cloud-amd64', ageDays: 90 }),
    putObject(store, { release: null, ageDays: 90 }),
  ];
  putObject(store, { release: '5.10.0', ageDays: 1 });
  assert.deepEqual(
    await keptBy(store, { kernels: new Set(['6.1.0-50-cloud-amd64']) }),
    new Set(kept.map((path) => basename(path))),
  );
});

test('one rule that keeps an object is enough, and the running kernel’s is kept by itself', async (context) => {
  const store = createDirectory(context);
  const kept = [
    putObject(store, { release: runningKernel, ageDays: 900 }),
    putObject(store, { release: '5.10.0', ageDays: 1 }),
  ];
  putObject(store, { release: '4.19.0', ageDays: 90 });
  assert.deepEqual(await keptBy(store, { newest: 0, days: 7 }), new Set(kept.map((path) => basename(path))));
});

test('an object goes with its signature, and another’s signature stays', async (context) => {
  const store = createDirectory(context);
  const path = putObject(store, { ageDays: 90 });
  writeFileSync(`${path}.sig`, 'signature');
  writeFileSync(join(store, 'tracee.bpf.9_9_9.0_1_0.o.sig'), 'signature');
  const { removed } = await collect(store, { newest: 0, runningKernel }, forReal);
  assert.deepEqual(removed, [path, `${path}.sig`]);
  assert.deepEqual(readdirSync(store), ['tracee.bpf.9_9_9.0_1_0.o.sig']);
});

test('nothing is removed that is no object of this project, and no link is followed', async (context) => {
  const store = createDirectory(context);
  const elsewhere = createDirectory(context);
  const target = putObject(elsewhere, { ageDays: 90 });
  symlinkSync(target, join(store, basename(target)));
  symlinkSync(elsewhere, join(store, own));
  mkdirSync(join(store, 'tracee.bpf.directory.o'));
  writeFiles(store, {
    'tracee.bpf.text.o': 'text',
    'tracee.bpf.empty.o': '',
    'other.o': 'other',
    'deeper/tracee.bpf.x.o': 'x',
  });
  const before = readdirSync(store).toSorted();
  const { removed, left } = await collect(store, { newest: 0, runningKernel }, forReal);
  assert.deepEqual(removed, []);
  assert.deepEqual(readdirSync(store).toSorted(), before);
  assert.ok(existsSync(target));
  assert.deepEqual(
    new Set(left.map(({ path }) => basename(path))),
    new Set([basename(target), 'tracee.bpf.directory.o', 'tracee.bpf.empty.o', 'tracee.bpf.text.o']),
  );
  assert.ok(left.every(({ reason }) => reason !== ''));
});

test('a damaged object of this project can go', async (context) => {
  const store = createDirectory(context);
  const path = putObject(store, { ageDays: 90 });
  writeFileSync(path, 'more', { flag: 'a' });
  assert.deepEqual(await keptBy(store, { newest: 0 }), new Set());
});

test('a dry run tells the same and does nothing', async (context) => {
  const store = createDirectory(context);
  const path = putObject(store, { ageDays: 90 });
  const temporary = join(store, `.${basename(path)}.0123456789ab.tmp`);
  writeFileSync(temporary, 'part');
  utimesSync(temporary, 1, 1);
  const before = readdirSync(store);
  const options = { newest: 0, runningKernel };
  const dry = await collect(store, options, { ...forReal, isDryRun: true });
  assert.deepEqual(readdirSync(store), before);
  assert.deepEqual(await collect(store, options, forReal), dry);
  assert.deepEqual(dry.removed, [path, temporary]);
  assert.deepEqual(readdirSync(store), []);
});

test('an object that a builder is making anew is left to it', async (context) => {
  const store = createDirectory(context);
  const path = putObject(store, { ageDays: 90 });
  const lock = join(store, `.${basename(path)}.lock`);
  mkdirSync(lock);
  const { removed, left } = await collect(store, { newest: 0, runningKernel }, forReal);
  assert.deepEqual(removed, []);
  assert.deepEqual(left, [{ path, reason: 'a builder is making it anew' }]);
  assert.ok(lstatSync(path).isFile());
});
