import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { readTrustedFile } from '../../src/artifact/trust.js';
import { createDirectory } from './object-fixture.js';

const nobody = 65534;
/** Only root can give files away; the other tests run for every user. */
const needsRoot =
  process.geteuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, to create files of another owner' };

function read(path: string, trustedUids: readonly number[] = []): string {
  return Buffer.from(readTrustedFile(path, { what: 'BPF object', trustedUids })).toString();
}

function createFile(directory: string, name = 'o.o'): string {
  const path = join(directory, name);
  writeFileSync(path, 'contents', { mode: 0o600 });
  return path;
}

function createSubdirectory(context: TestContext, mode: number): { directory: string; path: string } {
  const directory = join(createDirectory(context), 'store');
  mkdirSync(directory);
  const path = createFile(directory);
  chmodSync(directory, mode);
  return { directory, path };
}

test('a private file is read', (context) => {
  const path = createFile(createDirectory(context));
  assert.equal(read(path), 'contents');
  writeFileSync(path, '');
  assert.equal(read(path), '');
});

test('a file of this user directly in a sticky directory such as /tmp is read', (context) => {
  const { path } = createSubdirectory(context, 0o1777);
  assert.equal(read(path), 'contents');
});

test('a path with dots, doubled slashes and a relative start is followed as the kernel does', (context) => {
  const directory = createDirectory(context);
  createFile(directory);
  mkdirSync(join(directory, 'real', 'inner'), { recursive: true });
  createFile(join(directory, 'real'), 'beside.o');
  symlinkSync('real/inner', join(directory, 'link'));
  assert.equal(read(`${directory}/./real//../o.o`), 'contents');
  // Beside the target of the link, not beside the link.
  assert.equal(read(`${directory}/link/../beside.o`), 'contents');
  const before = process.cwd();
  context.after(() => process.chdir(before));
  process.chdir(directory);
  assert.equal(read('o.o'), 'contents');
});

for (const mode of [0o666, 0o620, 0o602]) {
  const shown = mode.toString(8).padStart(4, '0');
  test(`a file with mode ${shown} is refused with the command that mends it`, (context) => {
    const path = createFile(createDirectory(context));
    chmodSync(path, mode);
    assert.throws(() => read(path), {
      code: 'OBJECT_UNTRUSTED',
      message: `BPF object ${path} has mode ${shown}, so that others can change it`,
      hint: `If its contents are what you expect: chmod go-w ${path}`,
    });
  });
}

test('a path that a shell would take apart is quoted in the hint', (context) => {
  const path = createFile(createDirectory(context), "it's mine.o");
  chmodSync(path, 0o666);
  assert.throws(() => read(path), { hint: /chmod go-w '\S+\/it'\\''s mine\.o'$/ });
});

test('a file of another user is refused unless that user is trusted', needsRoot, (context) => {
  const path = createFile(createDirectory(context));
  chownSync(path, nobody, nobody);
  assert.throws(() => read(path), {
    code: 'OBJECT_UNTRUSTED',
    message: new RegExp(`^BPF object ${path} is owned by uid 65534`),
    hint: /chown root: \S+, or trust that user: TRACEE_TRUST_UID=65534$/,
  });
  assert.equal(read(path, [nobody]), 'contents');
});

test('a directory of another user is refused unless that user is trusted', needsRoot, (context) => {
  const { directory, path } = createSubdirectory(context, 0o755);
  chownSync(directory, nobody, nobody);
  assert.throws(() => read(path), {
    code: 'OBJECT_UNTRUSTED',
    message: new RegExp(`^directory ${directory} on the way to BPF object ${path} is owned by uid 65534`),
  });
  assert.equal(read(path, [nobody]), 'contents');
});

test(
  'a sticky directory of another user is refused: its owner can rename what is in it',
  needsRoot,
  (context) => {
    const { directory, path } = createSubdirectory(context, 0o1777);
    chownSync(directory, nobody, nobody);
    assert.throws(() => read(path), { code: 'OBJECT_UNTRUSTED' });
  },
);

test('a directory that others can write to is refused, however far above', (context) => {
  for (const mode of [0o777, 0o775]) {
    const { directory } = createSubdirectory(context, mode);
    const inner = join(directory, 'inner');
    mkdirSync(inner, { mode: 0o700 });
    const path = createFile(inner);
    assert.throws(() => read(path), {
      code: 'OBJECT_UNTRUSTED',
      message: new RegExp(`^directory ${directory} on the way to .* has mode 0${mode.toString(8)}`),
      hint: new RegExp(`chmod go-w ${directory}$`),
    });
  }
});

test('a directory reached through a symbolic link is checked where it really is', (context) => {
  const { path } = createSubdirectory(context, 0o777);
  const links = createDirectory(context);
  symlinkSync(join(path, '..'), join(links, 'store'));
  assert.throws(() => read(join(links, 'store', 'o.o')), {
    code: 'OBJECT_UNTRUSTED',
    message: /has mode 0777/,
  });
});

test('the directory that holds a symbolic link is checked as well', (context) => {
  const target = createDirectory(context);
  createFile(target);
  const { directory } = createSubdirectory(context, 0o777);
  symlinkSync(target, join(directory, 'link'));
  assert.throws(() => read(join(directory, 'link', 'o.o')), {
    code: 'OBJECT_UNTRUSTED',
    message: /has mode 0777/,
  });
});

test('a symbolic link of another user in a sticky directory is refused', needsRoot, (context) => {
  const target = createDirectory(context);
  createFile(target);
  const { directory } = createSubdirectory(context, 0o1777);
  const link = join(directory, 'link');
  symlinkSync(target, link);
  assert.equal(read(join(link, 'o.o')), 'contents');
  lchownSync(link, nobody, nobody);
  assert.throws(() => read(join(link, 'o.o')), {
    code: 'OBJECT_UNTRUSTED',
    message: new RegExp(`^symbolic link ${link} on the way to .* is owned by uid 65534`),
    hint: /chown -h root: /,
  });
});

test('a symbolic link in place of the file is refused', (context) => {
  const directory = createDirectory(context);
  symlinkSync(createFile(directory), join(directory, 'link.o'));
  symlinkSync('nowhere', join(directory, 'dangling.o'));
  for (const name of ['link.o', 'dangling.o']) {
    assert.throws(() => read(join(directory, name)), {
      code: 'OBJECT_UNTRUSTED',
      message: /is a symbolic link$/,
    });
  }
});

test('a FIFO is refused without waiting for a writer', { timeout: 10_000 }, (context) => {
  const path = join(createDirectory(context), 'o.o');
  execFileSync('mkfifo', [path]);
  assert.throws(() => read(path), { code: 'OBJECT_UNTRUSTED', message: `BPF object ${path} is a FIFO` });
});

test('a socket, a device and a directory are refused', async (context) => {
  const directory = createDirectory(context);
  const socket = join(directory, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(socket, resolve));
  context.after(() => void server.close());
  assert.throws(() => read(socket), { code: 'OBJECT_UNTRUSTED', message: /is a socket$/ });
  assert.throws(() => read('/dev/null'), { code: 'OBJECT_UNTRUSTED', message: /is a device$/ });
  for (const path of [directory, `${directory}/`, `${directory}/..`, '/']) {
    assert.throws(() => read(path), { code: 'OBJECT_UNTRUSTED', message: /is a directory$/ });
  }
});

test('a file that is not there is reported with the cause, not as untrusted', (context) => {
  const directory = createDirectory(context);
  const file = createFile(directory);
  for (const path of [join(directory, 'absent.o'), join(directory, 'absent', 'o.o')]) {
    assert.throws(
      () => read(path),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'OBJECT_UNREADABLE');
        assert.match(String(error.cause), /ENOENT/);
        return true;
      },
    );
  }
  assert.throws(() => read(join(file, 'o.o')), { code: 'OBJECT_UNREADABLE', message: /is not a directory$/ });
  assert.throws(() => read('a\0b'), { code: 'OBJECT_UNREADABLE' });
});

test('symbolic links that lead in a circle end in an error', (context) => {
  const directory = createDirectory(context);
  symlinkSync('b', join(directory, 'a'));
  symlinkSync('a', join(directory, 'b'));
  assert.throws(() => read(join(directory, 'a', 'o.o')), {
    code: 'OBJECT_UNREADABLE',
    message: /too many symbolic links/,
  });
});

test('a file above the limit is refused, one of exactly the limit is read', (context) => {
  const path = createFile(createDirectory(context));
  const options = { what: 'BPF object' };
  assert.equal(readTrustedFile(path, { ...options, maxBytes: 8 }).length, 8);
  assert.throws(() => readTrustedFile(path, { ...options, maxBytes: 7 }), {
    code: 'OBJECT_INVALID',
    message: /has 8 bytes, the limit is 7/,
  });
});
