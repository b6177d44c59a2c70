import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { packArchive } from '../../src/archive/pack.js';
import { ArchiveRefusal, readArchive, writeArchiveFiles } from '../../src/archive/unpack.js';
import { entry, tarOf } from '../fixtures/archive.js';
import { createDirectory } from '../fixtures/scratch.js';

const text = (name: string, content = `${name}\n`): { name: string; bytes: Buffer } => ({
  name,
  bytes: Buffer.from(content),
});

test('what is packed comes back, whatever its length', () => {
  const files = [0, 1, 511, 512, 513].map((size) => ({
    name: `include/${size}.h`,
    bytes: Buffer.alloc(size, 'x'),
  }));
  const back = readArchive(gunzipSync(packArchive(files)));
  const sizes = new Map(back.map(({ name, bytes }) => [name, bytes.length]));
  assert.deepEqual(
    sizes,
    new Map(
      files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, bytes }) => [name, bytes.length]),
    ),
  );
});

test('the order of the files does not change the archive', () => {
  const files = [text('b/2.h'), text('a/1.h'), text('b/1.h')];
  assert.deepEqual(packArchive(files), packArchive(files.toReversed()));
});

test('tar itself reads what is packed: sorted, owned by root, from 1970, nobody but the owner may write', (context) => {
  const directory = createDirectory(context);
  const file = join(directory, 'a.tar.gz');
  const long = `include/${'long-'.repeat(20)}/${'name-'.repeat(15)}.h`;
  writeFileSync(file, packArchive([text('z.h'), text(long)]));
  const words = ['--list', '--verbose', '--numeric-owner', '--utc', '--full-time', '--file', file];
  const lines = execFileSync('tar', words, { encoding: 'utf8' }).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replaceAll(/\s+/g, ' ')),
    [
      `-rw-r--r-- 0/0 ${long.length + 1} 1970-01-01 00:00:00 ${long}`,
      '-rw-r--r-- 0/0 4 1970-01-01 00:00:00 z.h',
    ],
  );
});

test('files are written with the directories above them, and nothing is overwritten', (context) => {
  const directory = createDirectory(context);
  writeArchiveFiles([text('a/b/c.h'), text('d.h')], directory);
  assert.equal(readFileSync(join(directory, 'a/b/c.h'), 'utf8'), 'a/b/c.h\n');
  assert.equal(statSync(join(directory, 'd.h')).mode & 0o022, 0);
  assert.throws(() => {
    writeArchiveFiles([text('d.h', 'other')], directory);
  }, /has "d.h" twice/);
  assert.equal(readFileSync(join(directory, 'd.h'), 'utf8'), 'd.h\n');
});

test('leading ./ and directories, as tar writes them, are no part of the names', () => {
  const tar = tarOf([
    entry({ path: './', type: 'Directory' }),
    entry({ path: './include/', type: 'Directory' }),
    entry({ path: './include/a.h' }),
  ]);
  assert.deepEqual(
    readArchive(tar).map(({ name }) => name),
    ['include/a.h'],
  );
});

/** What an archive from a stranger could hold, and the word that refuses it. */
const hostile: readonly [what: string, tar: Buffer, message: RegExp][] = [
  ['a name above the directory', tarOf([entry({ path: '../evil.h' })]), /leads out of it: "\.\.\/evil\.h"/],
  ['a name that goes up in the middle', tarOf([entry({ path: 'a/../../evil.h' })]), /leads out of it/],
  ['an absolute name', tarOf([entry({ path: '/etc/evil.h' })]), /leads out of it: "\/etc\/evil\.h"/],
  ['an absolute directory', tarOf([entry({ path: '/etc/', type: 'Directory' })]), /leads out of it/],
  [
    'a symbolic link',
    tarOf([entry({ path: 'a', type: 'SymbolicLink', linkpath: '/etc' })]),
    /has a SymbolicLink called "a"/,
  ],
  [
    'a hard link',
    tarOf([entry({ path: 'a', type: 'Link', linkpath: '/etc/passwd' })]),
    /has a Link called "a"/,
  ],
  [
    'a character device',
    tarOf([entry({ path: 'a', type: 'CharacterDevice' })]),
    /has a CharacterDevice called "a"/,
  ],
  ['a block device', tarOf([entry({ path: 'a', type: 'BlockDevice' })]), /has a BlockDevice called "a"/],
  ['a pipe', tarOf([entry({ path: 'a', type: 'FIFO' })]), /has a FIFO called "a"/],
  ['a name with a line break', tarOf([entry({ path: 'a\nb' })]), /leads out of it/],
  ['a name with backslashes', tarOf([entry({ path: String.raw`a\..\b` })]), /leads out of it/],
  ['one name twice', tarOf([entry({ path: 'a.h' }), entry({ path: './a.h' })]), /has "a\.h" twice/],
  ['nothing', tarOf([]), /has no files in it|is damaged/],
  [
    'a header that was tampered with',
    Buffer.from(
      tarOf([entry({ path: 'a.h' })])
        .toString('latin1')
        .replace('a.h', 'b.h'),
      'latin1',
    ),
    /is damaged/,
  ],
  [
    'an end in the middle of a file',
    tarOf([entry({ path: 'a.h', bytes: Buffer.alloc(4000) })]).subarray(0, 2000),
    /is damaged/,
  ],
  ['no archive at all', Buffer.alloc(3000, 'text'), /is damaged/],
];

for (const [what, tar, message] of hostile) {
  test(`an archive with ${what} is refused before anything is written`, () => {
    assert.throws(
      () => readArchive(tar),
      (error: unknown) => error instanceof ArchiveRefusal && message.test(error.message),
    );
  });
}

test('a name that an extended header brings is judged, not the harmless one in front of it', (context) => {
  const directory = createDirectory(context);
  // Python writes what GNU tar would not.
  const script = [
    'import tarfile, io, sys',
    "t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT)",
    "i = tarfile.TarInfo('harmless.h'); i.pax_headers = {'path': '../../evil.h'}; i.size = 1",
    "t.addfile(i, io.BytesIO(b'x')); t.close()",
  ].join('\n');
  const file = join(directory, 'a.tar');
  execFileSync('python3', ['-c', script, file]);
  assert.throws(() => readArchive(readFileSync(file)), /leads out of it: "\.\.\/\.\.\/evil\.h"/);
});

test('a name that is a file and a directory at once is refused', (context) => {
  const directory = createDirectory(context);
  assert.throws(() => {
    writeArchiveFiles([text('a'), text('a/b.h')], directory);
  }, /has "a\/b\.h" twice, as a file and as a directory/);
  assert.deepEqual(readdirSync(directory), ['a']);
});
