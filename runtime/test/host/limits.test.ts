import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readLimits } from '../../src/host/limits.js';

function rootWith(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tracee-limits-'));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test('the hard limit counts, since a process may raise its soft one to it', (context) => {
  const limits = (hard: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax locked memory         65536                ${hard.padEnd(20)} bytes     \n`;
  const root = rootWith(context, { 'proc/self/limits': limits('8388608') });
  assert.equal(readLimits(root).memlockBytes, 8_388_608);
  const unlimited = rootWith(context, { 'proc/self/limits': limits('unlimited') });
  assert.equal(readLimits(unlimited).memlockBytes, Infinity);
});

test('settings of the kernel are read, negative ones too', (context) => {
  const root = rootWith(context, { 'proc/sys/kernel/perf_event_paranoid': '-1\n' });
  assert.equal(readLimits(root).perfEventParanoid, -1);
});

test('a user namespace is told by a map that is not that of the whole host', (context) => {
  const inside = rootWith(context, { 'proc/self/uid_map': '         0     100000      65536\n' });
  const outside = rootWith(context, { 'proc/self/uid_map': '         0          0 4294967295\n' });
  assert.equal(readLimits(inside).isInUserNamespace, true);
  assert.equal(readLimits(outside).isInUserNamespace, false);
});

test('what cannot be read limits nothing', () => {
  assert.deepEqual(readLimits('/nowhere'), {
    memlockBytes: Infinity,
    perfEventParanoid: -2,
    isInUserNamespace: false,
  });
});
