import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { capture, makeDirectory } from './capturing.js';
import { expectedHook, root, runTracee, shared } from './harness.js';
import { quote } from './stage.js';

/* What captures keep of processes, compared with what those did. */

const directory = makeDirectory(after);
const inMemory = `${root}dist/attacks/stay-in-memory`;
const node = quote(process.execPath);
const files = join(directory, 'files');
mkdirSync(files);

/** Writes in every way that Node.js has, each to a file of its own. */
const writer = `
const fs = require('node:fs');
const open = (name, flags = 'w+') => fs.openSync(process.argv[1] + '/' + name, flags);
const noise = (size) => Buffer.alloc(size).map((_, index) => (index * 7 + (index >> 8)) & 255);
fs.writeSync(open('plain'), noise(100000));
fs.writeSync(open('large'), noise(3 * 1024 * 1024));
const seeks = open('seeks');
for (const [text, at] of [['end', 90], ['begin', 0], ['middle', 40], ['MID', 40]]) fs.writeSync(seeks, text, at);
const appended = open('appended', 'a');
for (let i = 0; i < 200; i++) fs.writeSync(appended, 'line ' + i + '\\n');
const other = open('appended', 'a');
fs.writeSync(other, 'from elsewhere');
fs.writeSync(open('sparse'), noise(5000), 0, 5000, 3 * 1024 ** 3);
const vector = open('vector');
fs.writevSync(vector, [noise(10), Buffer.alloc(0), noise(20000), noise(3)]);
fs.writevSync(vector, [noise(5), noise(6)], 50000);
fs.writeSync(open('odd\\nname \\u202e'), 'odd');
`;

const writes = shared(async () => {
  const script = `
    cd ${quote(files)} && ${node} -e ${quote(writer)} ${quote(files)} && echo nothing > /dev/null
    unshare -m /bin/sh -c 'mount -t tmpfs none ${files} && echo apart > ${files}/apart && stat -c %i ${files}/apart > ${directory}/inode'
    true`;
  return Promise.resolve(capture(join(directory, 'writes'), ['write'], script));
});

test('what a program writes is kept as it stands in the file', async () => {
  const { written, stderr } = await writes();
  for (const name of ['plain', 'large', 'seeks', 'appended', 'vector']) {
    const artifact = written.get(join(files, name));
    assert.ok(artifact !== undefined, `${name} is not captured: ${stderr}`);
    assert.ok(readFileSync(artifact).equals(readFileSync(join(files, name))), `${name} differs: ${stderr}`);
  }
});

test('a hole in a file is one in its artifact', async () => {
  const { written, stderr } = await writes();
  const artifact = written.get(join(files, 'sparse')) ?? '';
  const { size, blocks } = statSync(artifact);
  assert.equal(size, statSync(join(files, 'sparse')).size, stderr);
  assert.ok(blocks * 512 < 1024 ** 2);
  assert.ok(endOf(artifact).equals(endOf(join(files, 'sparse'))));
});

test('a name with a line end is one line of the index', async () => {
  const { written } = await writes();
  assert.equal(textOf(written.get(`${files}/odd\\x0aname \\u202e`)), 'odd');
});

test('what is written to /dev/null is kept for each process', async () => {
  const { artifacts } = await writes();
  const nowhere = [...artifacts(/^write\..*\.pid-\d+$/).values()];
  assert.ok(nowhere.some((content) => content.toString() === 'nothing\n'));
});

test('files of another mount namespace are kept apart', async (context) => {
  const { out, written, stderr } = await writes();
  if (!existsSync(join(directory, 'inode'))) {
    context.skip('no mount namespace can be made here');
    return;
  }
  assert.equal(textOf(written.get(join(files, 'apart'))), 'apart\n', stderr);
  const namespaces = readdirSync(out).filter((name) => /^\d+$/.test(name));
  assert.equal(namespaces.length, 2);
});

test('all that was captured is complete and counted', async () => {
  const { stderr } = await writes();
  assert.match(stderr, /captured \d+ artifacts, \d+ bytes, in /);
  assert.doesNotMatch(stderr, /not captured|not everything|not complete/);
});

const acts = join(directory, 'acts');
const script = join(acts, 'script');
const inMemoryScript = '#!/bin/sh\nexec sleep 60\n';

/** Programs of all kinds. Those in memory alone end when there is an artifact of them. */
const programs = shared(async () => {
  const base = join(directory, 'programs');
  mkdirSync(acts);
  writeFileSync(script, '#!/bin/sh\nread -r line < /proc/self/stat # a script\n', { mode: 0o755 });
  const until = (name: string): string =>
    `p=$!; until ls ${base}/out/*/${name} >/dev/null 2>&1; do sleep 0.1; done; kill $p`;
  const load = `${root}dist/attacks/km-load`;
  return Promise.resolve(
    capture(
      base,
      ['profile', 'mem', 'module'],
      `cd ${acts}; ./script; ${script}; /bin/sleep 0
      ${inMemory} program & ${until('exec.*.memfd:payload')}
      ${inMemory} script & ${until('exec.*.[0-9]')}
      ${root}dist/attacks/dyn-protect rw-to-rx
      ${expectedHook === undefined ? '' : `${load} init; ${load} finit`}; true`,
    ),
  );
});

test('programs are copied: of files, of scripts and their interpreters, of memory alone', async () => {
  const { artifacts, stderr } = await programs();
  const copies = [...artifacts(/^exec\./)];
  const has = (name: RegExp, content: Buffer): boolean =>
    copies.some(([one, bytes]) => name.test(one) && bytes.equals(content));
  const shell = realpathSync('/bin/sh');
  assert.ok(has(/^exec\.\d+\.script$/, readFileSync(script)), stderr);
  assert.equal(copies.filter(([name]) => name.endsWith('.script')).length, 1);
  assert.ok(has(new RegExp(`\\.${shell.split('/').at(-1)}$`), readFileSync(shell)), stderr);
  assert.ok(has(/\.sleep$|\.busybox$/, readFileSync(realpathSync('/bin/sleep'))), stderr);
  assert.ok(has(/\.memfd:payload$/, readFileSync(inMemory)), stderr);
  assert.ok(has(/^exec\.\d+\.\d+$/, Buffer.from(inMemoryScript)), stderr);
});

test('the profile counts how often a program was started, and has the hash of the copy', async () => {
  const { out, stderr } = await programs();
  const profile = JSON.parse(readFileSync(join(out, 'tracee.profile'), 'utf8')) as Record<
    string,
    { times: number; file_hash: string }
  >;
  const [, entry] = Object.entries(profile).find(([key]) => key.includes('/exec.script:')) ?? [];
  assert.equal(entry?.times, 2, stderr);
  assert.equal(entry.file_hash, createHash('sha256').update(readFileSync(script)).digest('hex'));
});

test('memory that becomes executable is kept as it is at that moment', async () => {
  const { artifacts, stderr } = await programs();
  const code =
    process.arch === 'x64' ? [0xb8, 42, 0, 0, 0, 0xc3] : [0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6];
  const page = Buffer.alloc(4096);
  Buffer.from(code).copy(page);
  assert.ok(
    [...artifacts(/^bin\./).values()].some((content) => content.equals(page)),
    `${[...artifacts(/^bin\./).keys()].join(' ')}: ${stderr}`,
  );
});

test('modules are kept, by both calls that load them', async (context) => {
  if (expectedHook === undefined) {
    context.skip('modules are loaded in virtual machines only');
    return;
  }
  const { artifacts, stderr } = await programs();
  const modules = [...artifacts(/^module\./)];
  const image = Buffer.alloc(128);
  image.write('this is no module');
  assert.deepEqual(
    modules.map(([name]) => name.replace(/^module\.\d+/, '')).toSorted(),
    ['', '.driver.ko'],
    stderr,
  );
  for (const [, content] of modules) assert.ok(content.equals(image));
});

test('the plan says on what captures stand', () => {
  const { status, stdout, stderr } = runTracee([
    ...['trace', '--plan', '--json', '--trace', 'event=ptrace'],
    ...['--capture', 'all', '--capture', `dir:${directory}/never`],
  ]);
  assert.equal(status, 0, stderr);
  const { captures } = JSON.parse(stdout) as { captures: { capture: string; hook: string | null }[] };
  assert.deepEqual(
    captures.map(({ capture: name }) => name),
    ['write', 'exec', 'mem', 'module'],
  );
  for (const { capture: name, hook } of captures) {
    if (name === 'exec') assert.equal(hook, 'tp_btf');
    else if (expectedHook !== undefined) assert.equal(hook, expectedHook);
    else assert.notEqual(hook, null);
  }
  assert.ok(!existsSync(join(directory, 'never')));
});

function textOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}

/** The last 5000 bytes. */
function endOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  const bytes = Buffer.alloc(5000);
  readSync(fd, bytes, 0, bytes.length, statSync(path).size - bytes.length);
  closeSync(fd);
  return bytes;
}
