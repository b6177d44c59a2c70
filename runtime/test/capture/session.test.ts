import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCaptures } from '../../src/capture/options.js';
import { CaptureSession } from '../../src/capture/session.js';
import { kernelDevice } from '../../src/host/device.js';
import { captured, type Fields } from './record.js';

/* The files of captures, with records as the kernel side writes them and a real directory. */

const place = mkdtempSync(join(tmpdir(), 'tracee-captures-'));
after(() => rmSync(place, { recursive: true, force: true }));
let number = 0;

const nextDirectory = (): string => join(place, String((number += 1)));
const isRoot = process.geteuid?.() === 0;
const needsRoot = isRoot ? {} : { skip: 'gives files to other users: needs root' };

interface Stage {
  base: string;
  out: string;
  told: string[];
  session: CaptureSession;
  take: (...fields: Fields[]) => void;
  end: () => Promise<string[]>;
}

function open(values: readonly string[], base = nextDirectory()): Stage {
  const told: string[] = [];
  const options = parseCaptures([...values, `dir:${base}`]);
  assert.ok(options !== undefined);
  const session = CaptureSession.prepare(options, (text) => told.push(text));
  return {
    ...{ base, out: join(base, 'out'), told, session },
    take: (...fields) => fields.forEach((one) => session.take(captured(one))),
    end: async () => {
      const lines = await session.end(new Map());
      session[Symbol.dispose]();
      return lines;
    },
  };
}

function begun(values: readonly string[], base?: string): Stage {
  const stage = open(values, base);
  stage.session.begin();
  return stage;
}

const file = { kind: 'write', dev: 1, inode: 2n } as const;
const write = (offset: bigint, text: string): Fields[] => [
  { ...file, text: '/tmp/a', total: BigInt(text.length) },
  { ...file, bytes: Buffer.from(text), offset },
];

test('what is written to a file stands where it stood, and the index says what the file was called', async () => {
  const stage = begun(['write']);
  stage.take(...write(0n, 'hello'), ...write(10n, 'there'), ...write(2n, 'LL'));
  const lines = await stage.end();
  const artifact = join(stage.out, '1/write.dev-1.inode-2');
  assert.equal(readFileSync(artifact, 'latin1'), 'heLLo\0\0\0\0\0there');
  assert.equal(statSync(artifact).mode & 0o7777, 0o600);
  assert.equal(readFileSync(join(stage.out, 'written_files'), 'utf8'), '1/write.dev-1.inode-2 /tmp/a\n');
  assert.deepEqual(lines, [`captured 1 artifact, 12 bytes, in ${stage.out}`]);
  assert.deepEqual(stage.told, []);
});

test('what has no places is added at the end', async () => {
  const stage = begun(['write']);
  const pipe = { kind: 'write', mode: 0o010600, dev: 14, inode: 9n } as const;
  stage.take(
    { ...pipe, text: 'pipe' },
    { ...pipe, bytes: Buffer.from('a') },
    { ...pipe, bytes: Buffer.from('b') },
  );
  await stage.end();
  assert.equal(readFileSync(join(stage.out, '1/write.dev-14.inode-9'), 'utf8'), 'ab');
});

test('a path cannot forge a line of the index', async () => {
  const stage = begun(['write']);
  stage.take({ ...file, text: '/tmp/a\n1/write.dev-9.inode-9 /etc/shadow\u001b[2J' });
  await stage.end();
  const index = readFileSync(join(stage.out, 'written_files'), 'utf8');
  assert.equal(index, '1/write.dev-1.inode-2 /tmp/a\\x0a1/write.dev-9.inode-9 /etc/shadow\\x1b[2J\n');
});

test('the file that says that all is loaded is there from the beginning to the end', async () => {
  const stage = open([]);
  const path = join(stage.out, 'tracee.pid');
  assert.ok(!existsSync(path));
  stage.session.begin();
  assert.equal(readFileSync(path, 'utf8'), `${process.pid}\n`);
  assert.equal(statSync(path).mode & 0o7777, 0o640);
  await stage.end();
  assert.ok(!existsSync(path));
});

test('memory is as long as it was, with zeros for what could not be read, and two of one time have two names', async () => {
  const stage = begun(['mem']);
  for (const hostTid of [7, 8]) {
    const memory = { kind: 'mem', time: 5_000_000n, hostTid, total: 8192n } as const;
    stage.take(
      { ...memory, text: '/usr/lib/library.so' },
      { ...memory, bytes: Buffer.from([hostTid]), offset: 4096n },
    );
  }
  await stage.end();
  const [first, second] = ['bin.5000', 'bin.5000.2'].map((name) => readFileSync(join(stage.out, '1', name)));
  assert.deepEqual([first?.length, first?.[4096], second?.length, second?.[4096]], [8192, 7, 8192, 8]);
});

test('more than the limit is not written, told once, and counted', async () => {
  const stage = begun(['write', 'limit:8']);
  stage.take(...write(0n, 'hello'), ...write(5n, 'hello'), ...write(5n, 'abc'), ...write(8n, 'd'));
  const lines = await stage.end();
  assert.equal(readFileSync(join(stage.out, '1/write.dev-1.inode-2'), 'utf8'), 'helloabc');
  assert.equal(stage.told.length, 1);
  assert.match(stage.told[0] ?? '', /limit:SIZE/);
  assert.ok(lines.includes(`captured 1 artifact, 8 bytes, in ${stage.out}`));
  assert.ok(lines.includes('artifacts of written files that are not complete: 1'));
  assert.ok(
    lines.some((line) => /^not captured, 2 times \(6 bytes\): .*limit/.test(line)),
    lines.join('\n'),
  );
});

test('a place that no file system has is refused and counted', async () => {
  const stage = begun(['write']);
  stage.take(...write(0n, 'a'), ...write(2n ** 63n - 1n, 'b'));
  const lines = await stage.end();
  assert.ok(
    lines.some((line) => line.startsWith('not captured, 1 time (1 bytes)')),
    lines.join('\n'),
  );
});

test('content without its file is counted', async () => {
  const stage = begun(['write']);
  stage.take({ ...file, bytes: Buffer.from('lost') });
  const lines = await stage.end();
  assert.ok(lines.includes('not captured, 1 time (4 bytes): there is no artifact for it'));
});

test('a program is copied once for as long as it does not change, and its profile has the hash', async () => {
  const base = nextDirectory();
  const program = join(place, 'a.name.with.dots');
  writeFileSync(program, 'program');
  const status = statSync(program, { bigint: true });
  const stage = begun(['profile'], base);
  const run = (time: bigint): void =>
    stage.take({
      ...{ kind: 'exec', text: program, isByFile: true, time, hostPid: 0 },
      ...{ inode: status.ino, dev: kernelDevice(status.dev), mountNamespace: ownNamespace() },
    });
  run(1000n);
  run(2000n);
  const lines = await stage.end();
  const directory = join(stage.out, String(ownNamespace()));
  assert.deepEqual(readdirSync(directory), ['exec.1.a.name.with.dots']);
  assert.equal(readFileSync(join(directory, 'exec.1.a.name.with.dots'), 'utf8'), 'program');
  const key = `${stage.out}/${ownNamespace()}/exec.a.name.with.dots:${status.ctimeNs}`;
  assert.deepEqual(JSON.parse(readFileSync(join(stage.out, 'tracee.profile'), 'utf8')), {
    [key]: { times: 2, file_hash: createHash('sha256').update('program').digest('hex') },
  });
  assert.deepEqual(lines, [`captured 1 artifact, 7 bytes, in ${stage.out}`]);
});

test('a program whose path leads to another file now is not copied, and told', async () => {
  const program = join(place, 'replaced');
  writeFileSync(program, 'another');
  const status = statSync(program, { bigint: true });
  const stage = begun(['exec']);
  stage.take({
    ...{ kind: 'exec', text: program, isByFile: true, hostPid: 0, total: 9n },
    ...{ inode: status.ino + 1n, dev: kernelDevice(status.dev), mountNamespace: ownNamespace() },
  });
  const lines = await stage.end();
  assert.ok(!existsSync(join(stage.out, String(ownNamespace()))));
  assert.ok(
    lines.some((line) => /^not captured, 1 time \(9 bytes\): .* was gone/.test(line)),
    lines.join('\n'),
  );
});

test('links that somebody planted are not followed', async () => {
  const target = join(place, 'target');
  writeFileSync(target, 'mine');
  const base = nextDirectory();
  mkdirSync(join(base, 'out/1'), { recursive: true });
  symlinkSync(target, join(base, 'out/1/write.dev-1.inode-2'));
  linkSync(target, join(base, 'out/1/write.dev-1.inode-3'));
  symlinkSync(place, join(base, 'out/2'));
  const stage = begun(['write'], base);
  stage.take(...write(0n, 'yours'));
  stage.take({ ...file, inode: 3n, text: '/b' }, { ...file, inode: 3n, bytes: Buffer.from('yours') });
  stage.take(
    { ...file, mountNamespace: 2, text: '/c' },
    { ...file, mountNamespace: 2, bytes: Buffer.from('yours') },
  );
  const lines = await stage.end();
  assert.equal(readFileSync(target, 'utf8'), 'mine');
  assert.ok(!existsSync(join(place, 'write.dev-1.inode-2')));
  assert.ok(
    lines.some((line) => line.includes('cannot be written')),
    lines.join('\n'),
  );
});

test('the index, the profile and the file of the process are never written through a link', async () => {
  const target = join(place, 'target of links');
  writeFileSync(target, 'mine');
  const base = nextDirectory();
  mkdirSync(join(base, 'out'), { recursive: true });
  symlinkSync(target, join(base, 'out/written_files'));
  const refused = open(['write'], base);
  assert.throws(() => refused.session.begin(), /ELOOP/);
  refused.session[Symbol.dispose]();
  rmSync(join(base, 'out/written_files'));
  for (const name of ['tracee.pid', 'tracee.profile', 'tracee.profile.new'])
    symlinkSync(target, join(base, 'out', name));
  await begun(['profile'], base).end();
  assert.equal(readFileSync(join(base, 'out/tracee.profile'), 'utf8'), '{}\n');
  assert.equal(readFileSync(target, 'utf8'), 'mine');
});

test('a directory that others own or can change is refused', needsRoot, () => {
  const rows: [string, (base: string) => void][] = [
    ['owned by uid 12345', (base) => chownSync(join(base, 'out'), 12_345, 12_345)],
    ['owned by uid 12345', (base) => chownSync(base, 12_345, 12_345)],
    ['others can change it', (base) => chmodSync(join(base, 'out'), 0o777)],
    ['others can change it', (base) => chmodSync(base, 0o777)],
  ];
  for (const [reason, spoil] of rows) {
    const base = nextDirectory();
    mkdirSync(join(base, 'out'), { recursive: true });
    spoil(base);
    assert.throws(
      () => open(['write'], base),
      (error: Error) =>
        'code' in error && error.code === 'CAPTURE_UNUSABLE' && error.message.includes(reason),
      reason,
    );
  }
});

test(
  'in a directory as /tmp is, where others can add names, theirs is refused and ours is made',
  needsRoot,
  async () => {
    const base = nextDirectory();
    mkdirSync(base);
    chmodSync(base, 0o1777);
    await begun(['write'], base).end();
    rmSync(join(base, 'out'), { recursive: true });
    mkdirSync(join(base, 'out'));
    chownSync(join(base, 'out'), 12_345, 12_345);
    assert.throws(() => open(['write'], base), /owned by uid 12345/);
  },
);

test('a link in place of the directory is refused', () => {
  const base = nextDirectory();
  mkdirSync(base);
  symlinkSync(place, join(base, 'out'));
  assert.throws(() => open(['write'], base), /CAPTURE_UNUSABLE|captures cannot be kept/);
});

test('two at a time do not share a directory', async () => {
  const base = nextDirectory();
  const first = begun(['write'], base);
  assert.throws(() => open(['write'], base), /another tracee/);
  await first.end();
  await begun(['write'], base).end();
});

test('clear-dir removes what an earlier run has left, and not before everything is loaded', async () => {
  const base = nextDirectory();
  const first = begun(['write'], base);
  first.take(...write(0n, 'old'));
  await first.end();
  const artifact = join(base, 'out/1/write.dev-1.inode-2');
  const second = open(['write', 'clear-dir'], base);
  assert.ok(existsSync(artifact));
  second.session.begin();
  assert.deepEqual(readdirSync(join(base, 'out')).toSorted(), ['tracee.pid', 'written_files']);
  await second.end();
});

test('clear-dir removes nothing where there is anything else', () => {
  const rows: [string, (out: string) => void][] = [
    ['notes.txt', (out) => writeFileSync(join(out, 'notes.txt'), '')],
    ['1/notes.txt', (out) => writeFileSync(join(out, '1/notes.txt'), '')],
    ['src', (out) => mkdirSync(join(out, 'src'))],
    ['exec.1.deep', (out) => mkdirSync(join(out, '1/exec.1.deep'))],
    ['exec.1.link', (out) => symlinkSync('/etc/passwd', join(out, '1/exec.1.link'))],
    ['7', (out) => symlinkSync('/etc', join(out, '7'))],
    ...(isRoot
      ? [
          ['uid 12345', (out: string) => chownSync(join(out, '1'), 12_345, 0)] satisfies [
            string,
            (out: string) => void,
          ],
        ]
      : []),
  ];
  for (const [reason, add] of rows) {
    const base = nextDirectory();
    const out = join(base, 'out');
    mkdirSync(join(out, '1'), { recursive: true });
    writeFileSync(join(out, '1/exec.1.ls'), 'kept');
    add(out);
    assert.throws(
      () => open(['exec', 'clear-dir'], base),
      (error: Error) =>
        'code' in error && error.code === 'CAPTURE_UNUSABLE' && error.message.includes(reason),
      reason,
    );
    assert.equal(readFileSync(join(out, '1/exec.1.ls'), 'utf8'), 'kept');
  }
});

function ownNamespace(): number {
  return statSync('/proc/self/ns/mnt').ino;
}
