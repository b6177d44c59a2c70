import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { clockOffsetMs, offsetOf } from '../../src/store/clock.js';
import { createDirectory } from '../fixtures/scratch.js';

test('the clock of a local file system is this host’s, and asking leaves nothing', async (context) => {
  const directory = createDirectory(context);
  assert.equal(Math.abs(await clockOffsetMs(directory, 'tracee.bpf.x.o')), 0);
  assert.deepEqual(readdirSync(directory), []);
});

test('a host that was too busy to look at once is not taken for one with a wrong clock', () => {
  assert.equal(offsetOf([{ beforeMs: 0, shownMs: 100, afterMs: 60_000 }]), 0);
  assert.equal(offsetOf([{ beforeMs: 0, shownMs: 59_900, afterMs: 60_000 }]), 0);
});

test('a clock that is ahead or behind is told from the quickest look', () => {
  const hour = 3_600_000;
  assert.equal(offsetOf([{ beforeMs: 0, shownMs: hour + 20, afterMs: 40 }]), hour);
  assert.equal(offsetOf([{ beforeMs: hour, shownMs: 20, afterMs: hour + 40 }]), -hour);
  const slow = { beforeMs: 0, shownMs: hour, afterMs: 30_000 };
  assert.equal(offsetOf([slow, { beforeMs: 40_000, shownMs: hour + 40_020, afterMs: 40_030 }]), hour);
});
