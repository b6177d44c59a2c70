import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { isInstalledFile } from '../../../src/signatures/support/installed-file.js';

/** Only root can make files that belong to root. */
const needsRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };

const root = mkdtempSync(join(tmpdir(), 'tracee-root-'));
after(() => {
  rmSync(root, { recursive: true });
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const digest = (algorithm: string, content: string, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(content).digest(encoding);

test('a file that has just been put into a directory of the system is not installed', needsRoot, () => {
  put('/usr/lib/new.so', 'new');
  assert.equal(isInstalledFile(root, '/usr/lib/new.so'), false);
  assert.equal(isInstalledFile(root, '/usr/lib/is-not-there.so'), false);
});

test('one that a package of dpkg brought is, byte by byte', needsRoot, () => {
  put('/usr/lib/a.so', 'library a');
  put('/usr/lib/b.so', 'something else');
  const sums = ['a', 'b'].map((name) => `${digest('md5', `library ${name}`, 'hex')}  usr/lib/${name}.so\n`);
  put('/var/lib/dpkg/info/some.md5sums', sums.join(''));
  assert.equal(isInstalledFile(root, '/usr/lib/a.so'), true);
  assert.equal(isInstalledFile(root, '/usr/lib/b.so'), false);
});

test('one that a package of apk brought is', needsRoot, () => {
  put('/usr/lib/c.so', 'library c');
  put('/usr/lib/d.so', 'something else');
  const entry = (name: string): string =>
    `R:${name}.so\na:0:0:755\nZ:Q1${digest('sha1', `library ${name}`, 'base64')}\n`;
  put('/lib/apk/db/installed', `P:some\nF:usr/lib\n${entry('c')}${entry('d')}\n`);
  assert.equal(isInstalledFile(root, '/usr/lib/c.so'), true);
  assert.equal(isInstalledFile(root, '/usr/lib/d.so'), false);
});

test('one outside of the directories of the system never is', needsRoot, () => {
  put('/home/e.so', 'library e');
  put('/var/lib/dpkg/info/e.md5sums', `${digest('md5', 'library e', 'hex')}  home/e.so\n`);
  assert.equal(isInstalledFile(root, '/home/e.so'), false);
});
