import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openPrivateDirectory } from '../../src/delivery/private-directory.js';
import { createQueueDirectory } from './entry-fixture.js';

const nobody = 65534;
/** Only root can give directories away; the other tests run for every user. */
const needsRoot =
  process.geteuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, to create directories of another owner' };

const mode = (path: string): number => statSync(path).mode & 0o777;

test('a directory is created for its owner only, with those above it', (context) => {
  const directory = createQueueDirectory(context);
  const path = openPrivateDirectory(join(directory, 'deep', 'queue'));
  assert.equal(path, join(realpathSync(directory), 'deep', 'queue'));
  assert.equal(mode(path), 0o700);
  assert.equal(mode(join(directory, 'deep')), 0o755);
});

test('one that others can look into is closed to them', (context) => {
  const directory = createQueueDirectory(context);
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  assert.equal(mode(openPrivateDirectory(directory)), 0o700);
});

test('one that others can write into is refused, and so is one below such a directory', (context) => {
  const directory = createQueueDirectory(context);
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  const message = /findings cannot wait in .*: directory .* has mode 0777, so that others can change it/;
  assert.throws(() => openPrivateDirectory(directory), { code: 'QUEUE_UNUSABLE', message });
  assert.throws(() => openPrivateDirectory(join(directory, 'mine')), { code: 'QUEUE_UNUSABLE', message });
  chmodSync(directory, 0o1777);
  assert.equal(mode(openPrivateDirectory(join(directory, 'mine'))), 0o700);
});

test('what is no directory is refused', (context) => {
  const directory = createQueueDirectory(context);
  writeFileSync(directory, '');
  const message = /is not a directory/;
  assert.throws(() => openPrivateDirectory(directory), { code: 'QUEUE_UNUSABLE', message });
});

test(
  'a directory of another user is refused, and so is one that a link of theirs leads to',
  needsRoot,
  (context) => {
    const directory = createQueueDirectory(context);
    mkdirSync(directory);
    chownSync(directory, nobody, nobody);
    assert.throws(() => openPrivateDirectory(directory), {
      code: 'QUEUE_UNUSABLE',
      message: /is owned by uid 65534/,
    });
    const shared = join(dirname(directory), 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    const own = join(dirname(directory), 'own');
    mkdirSync(own);
    symlinkSync(own, join(shared, 'link'));
    assert.equal(openPrivateDirectory(join(shared, 'link')), realpathSync(own));
  },
);
