import assert from 'node:assert/strict';
import { release } from 'node:os';
import { test } from 'node:test';
import { run, tracee } from '../../../test/e2e/harness.ts';

const object = process.env['FOREIGN_OBJECT'];
const other = process.env['FOREIGN_RELEASE'];

test(
  'the object of another kernel is refused with status 3, both releases named',
  { skip: object === undefined && 'an object of this kind is for every kernel' },
  () => {
    const { status, stderr } = run(tracee, ['--', '/bin/true'], { env: { TRACEE_BPF_FILE: object } });
    assert.equal(status, 3, stderr);
    assert.ok(stderr.includes(String(other)), stderr);
    assert.ok(stderr.includes(release()), stderr);
  },
);
