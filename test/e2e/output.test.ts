import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTracee } from './harness.js';

test('the table has a head and one line per event', () => {
  const outcome = runTracee(['trace', '--trace', 'event=execve', '--', '/bin/true']);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(
    outcome.stdout,
    /^TIME\(s\) +UID +COMM +PID +TID +RET +EVENT +ARGS\n[\d.]+ +\d+ +\S+ +\d+ +\d+ +-?\d+ +execve +pathname: /,
  );
});
