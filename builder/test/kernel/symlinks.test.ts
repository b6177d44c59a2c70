import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkLinks, followLinks, imageRoot, linkView, rebase } from '../../src/kernel/symlinks.js';
import { createDirectory, errorOf, link, writeFiles } from '../fixtures/scratch.js';

test('the root of an unpacked package is what stands before its place in the file system', () => {
  assert.equal(imageRoot('/tmp/hdr/root/usr/src/linux-headers-6.1'), '/tmp/hdr/root');
  assert.equal(imageRoot('/tmp/hdr/lib/modules/6.1.0/build'), '/tmp/hdr');
  assert.equal(imageRoot('/tmp/hdr/usr/lib/modules/6.1.0/build'), '/tmp/hdr');
  assert.equal(imageRoot('/usr/src/linux-headers-6.1'), '');
  assert.equal(imageRoot('/lib/modules/6.1.0/build'), '');
  assert.equal(imageRoot('/home/me/linux'), '');
});

test('an absolute path is re-based where the root has it, and else stays as it is', (context) => {
  const root = writeFiles(createDirectory(context), { 'usr/src/here.h': '' });
  assert.equal(rebase('/usr/src/here.h', root), join(root, 'usr/src/here.h'));
  assert.equal(rebase('/usr/src/elsewhere.h', root), '/usr/src/elsewhere.h');
  assert.equal(rebase('/usr/src/here.h', ''), '/usr/src/here.h');
});

test('links are followed to their end, relative and absolute ones', (context) => {
  const root = writeFiles(createDirectory(context), { 'usr/src/linux/a.h': '' });
  link(join(root, 'lib/modules/build'), '/usr/src/current');
  link(join(root, 'usr/src/current'), 'linux');
  assert.equal(followLinks(join(root, 'lib/modules/build'), root), join(root, 'usr/src/linux'));
});

test('links that lead in a circle are given up, not followed for ever', (context) => {
  const root = createDirectory(context);
  link(join(root, 'a'), 'b');
  link(join(root, 'b'), 'a');
  assert.match(followLinks(join(root, 'a'), ''), /\/[ab]$/);
});

test('a tree without links needs nothing re-based', (context) => {
  const tree = writeFiles(createDirectory(context), { 'include/linux/a.h': '' });
  assert.deepEqual(checkLinks(tree, 'x86', ''), []);
});

test('a relative link that leads somewhere needs nothing re-based', (context) => {
  const root = writeFiles(createDirectory(context), { 'common/include/linux/a.h': '' });
  const tree = join(root, 'flavour');
  link(join(tree, 'include/linux'), '../../common/include/linux');
  assert.deepEqual(checkLinks(tree, 'x86', ''), []);
});

test('a dangling link is told with its target and the directory to mount', async (context) => {
  const tree = createDirectory(context);
  const path = join(tree, 'include/linux');
  link(path, '/usr/src/linux-headers-0.0.0-none/include/linux');
  const error = await errorOf(() => checkLinks(tree, 'x86', ''));
  assert.equal(error.code, 'HEADERS_DANGLING');
  assert.equal(error.status, 6);
  assert.equal(
    error.message,
    `${path} points to /usr/src/linux-headers-0.0.0-none/include/linux, which is not here: ` +
      'also mount /usr/src/linux-headers-0.0.0-none',
  );
  assert.equal(
    error.hint,
    'in a container: -v /usr/src/linux-headers-0.0.0-none:/usr/src/linux-headers-0.0.0-none:ro',
  );
});

test('the package of a relative link is named too', async (context) => {
  const root = createDirectory(context);
  const tree = join(root, 'usr/src/linux-headers-6.8.0-51-generic');
  link(join(tree, 'include/linux'), '../../linux-headers-6.8.0-51/include/linux');
  const missing = join(root, 'usr/src/linux-headers-6.8.0-51');
  const error = await errorOf(() => checkLinks(tree, 'x86', root));
  assert.ok(error.message.endsWith(`also mount ${missing}`), error.message);
});

test('outside of package directories the first missing directory is to be mounted', async (context) => {
  const root = createDirectory(context);
  link(join(root, 'tree/include/linux'), '../../gone/deep/linux');
  assert.ok(
    (await errorOf(() => checkLinks(join(root, 'tree'), 'x86', ''))).message.endsWith(
      `also mount ${join(root, 'gone')}`,
    ),
  );
});

test('of a single missing header its directory is to be mounted', async (context) => {
  const tree = writeFiles(createDirectory(context), { 'include/linux/a.h': '' });
  mkdirSync(join(tree, 'kept'));
  link(join(tree, 'include/linux/b.h'), '../../kept/b.h');
  assert.ok(
    (await errorOf(() => checkLinks(tree, 'x86', ''))).message.endsWith(`also mount ${join(tree, 'kept')}`),
  );
});

test('dangling links that no compilation reads are no reason to refuse', (context) => {
  const tree = writeFiles(createDirectory(context), {
    'include/linux/a.h': '',
    'arch/x86/include/asm/a.h': '',
  });
  link(join(tree, 'scripts'), '/usr/lib/linux-kbuild-0.0/scripts');
  link(join(tree, 'tools'), '/usr/lib/linux-kbuild-0.0/tools');
  link(join(tree, 'arch/arm64/include/asm'), '/nowhere');
  link(join(tree, 'drivers/x.h'), '/nowhere');
  assert.deepEqual(checkLinks(tree, 'x86', ''), []);
});

test('dangling links in the target architecture’s headers are', async (context) => {
  const tree = createDirectory(context);
  link(join(tree, 'arch/arm64/include/asm'), '/nowhere');
  assert.equal((await errorOf(() => checkLinks(tree, 'arm64', ''))).code, 'HEADERS_DANGLING');
});

test('an absolute link inside an unpacked package leads to the package’s own file', (context) => {
  const root = writeFiles(createDirectory(context), { 'usr/src/common/include/linux/a.h': 'own' });
  const tree = join(root, 'usr/src/flavour');
  const path = join(tree, 'include/linux');
  link(path, '/usr/src/common/include/linux');
  assert.deepEqual(checkLinks(tree, 'x86', root), [
    { link: path, target: join(root, 'usr/src/common/include/linux') },
  ]);
});

test('the package’s own file is taken although the machine has one of the same path', (context) => {
  const root = createDirectory(context);
  const path = join(root, 'usr/src/tree/include/hosts.h');
  link(path, '/etc/hosts');
  writeFiles(root, { 'etc/hosts': 'the package’s' });
  assert.deepEqual(checkLinks(join(root, 'usr/src/tree'), 'x86', root), [
    { link: path, target: join(root, 'etc/hosts') },
  ]);
});

test('a view of a tree has re-based links lead right and the rest unchanged', async (context) => {
  const root = writeFiles(createDirectory(context), {
    'usr/src/common/include/uapi/linux/b.h': 'b',
    'usr/src/tree/include/linux/a.h': 'a',
    'usr/src/tree/include/other/c.h': 'c',
    'usr/src/tree/Makefile': 'm',
  });
  const tree = join(root, 'usr/src/tree');
  link(join(tree, 'include/linux/b.h'), '/usr/src/common/include/uapi/linux/b.h');
  const view = join(root, 'view');
  await linkView(tree, view, checkLinks(tree, 'x86', root));
  const read = (name: string): string => readFileSync(join(view, name), 'utf8');
  assert.deepEqual(['include/linux/a.h', 'include/linux/b.h', 'include/other/c.h', 'Makefile'].map(read), [
    'a',
    'b',
    'c',
    'm',
  ]);
  // Made only as deep as needed: what holds no re-based link is one link.
  assert.equal(readlinkSync(join(view, 'include/other')), join(tree, 'include/other'));
  assert.ok(lstatSync(join(view, 'include/linux')).isDirectory());
});
