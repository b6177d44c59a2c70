import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root, runTracee } from './harness.js';

test('the table has a head and one line per event', () => {
  const outcome = runTracee(['trace', '--trace', 'event=execve', '--', '/bin/true']);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(
    outcome.stdout,
    /^TIME\(s\) +UID +COMM +PID +TID +RET +EVENT +ARGS\n[\d.]+ +\d+ +\S+ +\d+ +\d+ +-?\d+ +execve +pathname: /,
  );
});

test('detection of one command ends with it and tells people what was found', () => {
  const outcome = runTracee(['--', `${root}dist/attacks/ad-traceme`]);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^HIGH TRC-2 Anti-Debugging: ad-traceme\[\d+\]/);
  assert.match(outcome.stderr, /1 detection \(ptrace 1\), 1 delivered, 0 lost/);
});
