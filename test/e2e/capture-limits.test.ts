import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { capture, makeDirectory } from './capturing.js';
import { runTracee } from './harness.js';
import { quote } from './stage.js';

/* Which captures are kept, how many, and what is said of the others. */

const directory = makeDirectory(after);
const node = quote(process.execPath);

test('only files whose paths begin with one of the prefixes are kept, and all of those are listed', () => {
  const [a, b, c] = ['prefix-a', 'prefix-b', 'other'].map((name) => join(directory, name));
  const { written, stderr } = capture(
    join(directory, 'run-1'),
    [`write=${a}*`, `write=${b}*`],
    `echo 1 > ${a}1; echo 2 > ${b}2; echo 3 > ${c}; echo 4 > ${a}`,
  );
  assert.deepEqual([...written.keys()].toSorted(), [a, `${a}1`, `${b}2`], stderr);
});

test('more than the limit is not kept, and told', () => {
  const { artifacts, stderr } = capture(
    join(directory, 'run-2'),
    ['limit:10K', `write=${directory}*`],
    `cd ${directory}; for i in 1 2 3 4; do ${node} -e 'fs.writeFileSync(process.argv[1], Buffer.alloc(4096))' limited-$i; done`,
  );
  const sizes = [...artifacts(/^write\./).values()].map(({ length }) => length);
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    8192,
    stderr,
  );
  assert.match(stderr, /not captured, 2 times \(8192 bytes\): the limit/);
});

test('what the buffer has no room for is counted to the byte, and the writer never waits', () => {
  const pieces = 40;
  const { artifacts, stderr } = capture(
    join(directory, 'run-3'),
    [`write=${directory}/storm*`],
    `kill -STOP $PPID; ${node} -e 'const fd = fs.openSync(process.argv[1], "w"); for (let i = 0; i < ${pieces}; i++) fs.writeSync(fd, Buffer.alloc(1 << 20))' ${directory}/storm; kill -CONT $PPID`,
  );
  assert.equal(statSync(join(directory, 'storm')).size, pieces << 20);
  const [, kept] = /captured 1 artifact, (\d+) bytes/.exec(stderr) ?? [];
  const [, lost] = /not captured by write: (\d+) bytes/.exec(stderr) ?? [];
  assert.equal(Number(kept) + Number(lost), pieces << 20, stderr);
  assert.match(stderr, /not complete: 1/);
  assert.equal(artifacts(/^write\./).size, 1);
});

test('names of 255 bytes, of control characters and of what is no text are harmless in artifacts', () => {
  const hostile = join(directory, 'hostile');
  mkdirSync(hostile);
  const names = [
    Buffer.alloc(255, 0xff),
    Buffer.alloc(255, 'x'),
    Buffer.from('a\n\u001b[2J\u202e;$(id)'),
    Buffer.from('-rf *'),
  ];
  for (const name of names) {
    const path = Buffer.concat([Buffer.from(`${hostile}/`), name]);
    copyFileSync(realpathSync('/bin/true'), path);
    chmodSync(path, 0o755);
  }
  const { artifacts, written, stderr } = capture(
    join(directory, 'run-hostile'),
    ['exec', `write=${hostile}*`],
    `for program in ${hostile}/*; do "$program"; chmod u+w "$program"; echo more >> "$program"; done`,
  );
  const copies = [...artifacts(/^exec\./).keys()].map((name) => name.replace(/^exec\.\d+\./, ''));
  for (const name of [/^_{200,}$/, /^x{200,}$/, /^a_+2J_+id_$/, /^-rf__$/])
    assert.ok(
      copies.some((copy) => name.test(copy)),
      `${name}: ${copies.join(' ')} ${stderr}`,
    );
  const listed = [...written.keys()];
  assert.equal(listed.length, names.length, stderr);
  assert.ok(listed.some((path) => path.endsWith('/' + '\\xff'.repeat(255))));
  assert.ok(listed.some((path) => path.endsWith('/a\\x0a\\x1b[2J\\u202e;$(id)')));
});

test('a link in the directory ends the start, and the command is never run', () => {
  const out = join(directory, 'planted/out');
  mkdirSync(out, { recursive: true });
  symlinkSync(join(directory, 'target'), join(out, 'written_files'));
  const { status, stdout, stderr } = runTracee([
    ...['trace', '--trace', 'event=ptrace', '--capture', 'write', '--capture', `dir:${directory}/planted`],
    ...['--', '/bin/echo', 'ran'],
  ]);
  assert.equal(status, 2, stderr);
  assert.match(stderr, /captures cannot be kept in .*: ELOOP.*'written_files'/);
  assert.equal(stdout, '');
  assert.ok(!existsSync(join(directory, 'target')));
});

test('what cannot be captured is refused by name, and help says what can', () => {
  const refused = runTracee(['trace', '--capture', 'foo', '--', '/bin/true']);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /--capture "foo"/);
  const help = runTracee(['trace', '--capture', 'help']);
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /write=PREFIX\*/);
});
