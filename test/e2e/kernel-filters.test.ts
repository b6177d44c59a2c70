import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { parseLines, runTracee, type JsonEvent } from './harness.js';

/* Each kernel reads these out of its own structures: one run for all of them, since a start takes long in a VM. */

/** `mnt` -> 4026531840 */
function namespaceOf(kind: string): string {
  return /\d+/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[0] ?? '';
}

function commsOf(...expressions: string[]): Set<string> {
  const { status, stdout, stderr } = runTracee([
    ...['trace', '--json', ...expressions.flatMap((one) => ['--trace', one])],
    ...['--', '/bin/sh', '-c', '/bin/ls / >/dev/null; /bin/cat /etc/passwd >/dev/null'],
  ]);
  assert.equal(status, 0, stderr);
  return new Set(parseLines<JsonEvent>(stdout).map(({ processName }) => processName));
}

const everyField = [
  ...['event=openat', 'uid=0', 'pid>1', 'tid>1', 'pid=new', `mntns=${namespaceOf('mnt')}`],
  ...[`pidns=${namespaceOf('pid')}`, `uts=${hostname()}`, 'binary!=/etc/passwd'],
];

test('user, ids, age, namespaces, host and program of a process are what the kernel compares', () => {
  assert.deepEqual(commsOf(...everyField, 'comm!=ls,sh'), new Set(['cat']));
});
