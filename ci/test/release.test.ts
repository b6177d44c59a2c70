import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builder, run } from '../../test/e2e/harness.js';
import { ReleaseError, releaseNotes } from '../release/dist/notes.js';
import { root } from './repository.js';

/* The release as people get it: made, unpacked elsewhere, and used where the clone cannot be reached. Needs root. */

const directory = mkdtempSync(join(tmpdir(), 'tracee-release-test-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});
const inside = (name: string): string => join(directory, name);

/** In a layer over the clone, since other tests build there at the same time. */
const makeInLayer = `set -eu
mount -t tmpfs tmpfs layer
mkdir layer/upper layer/work layer/clone
mount -t overlay overlay -o "lowerdir=$1,upperdir=layer/upper,workdir=layer/work" layer/clone
cd layer/clone
exec make --no-print-directory release`;

function make(output: string, environment: Readonly<Record<string, string>>): string[] {
  mkdirSync(inside('layer'), { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', makeInLayer, 'sh', root],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, OUT_DIR: inside(output), SOURCE_DATE_EPOCH: '1700000000', ...environment },
    },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  return readdirSync(inside(`${output}/release`)).toSorted();
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

assert.equal(run(builder, ['keygen', '--output', inside('release')]).status, 0);
const files = make('first', { RELEASE_KEY: inside('release.key') });
const archive = files.find((name) => name.endsWith('.tar.gz')) ?? '';
const name = archive.replace('.tar.gz', '');
const version = name.split('-')[1];
const builderReference = `tracee-builder@${version}`;

mkdirSync(inside('elsewhere'));
execFileSync('tar', ['-xzf', inside(`first/release/${archive}`), '-C', inside('elsewhere')]);
execFileSync('sh', ['test/attacks/build.sh', 'test/attacks/ad-traceme.c'], { cwd: root });
cpSync(join(root, 'dist/attacks/ad-traceme'), inside('elsewhere/program'));

interface Package {
  readonly name: string;
  readonly version: string;
}

test('a release has an archive, a bill of materials, checksums that fit, their signature and notes', () => {
  assert.deepEqual(files, ['NOTES.md', 'SHA256SUMS', 'SHA256SUMS.sig', `${name}.cdx.json`, archive]);
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: inside('first/release') });
  const sums = readFileSync(inside('first/release/SHA256SUMS'));
  const signature = Buffer.from(readFileSync(inside('first/release/SHA256SUMS.sig'), 'utf8'), 'base64');
  const key = createPublicKey(readFileSync(inside('release.pub')));
  assert.ok(verify('sha256', sums, key, signature));
  assert.ok(!verify('sha256', Buffer.concat([sums, Buffer.from(' ')]), key, signature));
});

test('the bill of materials has what the archive has of packages, and nothing of the machine', () => {
  const bom = JSON.parse(readFileSync(inside(`first/release/${name}.cdx.json`), 'utf8')) as {
    bomFormat: string;
    metadata: { timestamp: string; component: { name: string } };
    components: { 'bom-ref': string }[];
  };
  assert.equal(bom.bomFormat, 'CycloneDX');
  assert.deepEqual(
    [bom.metadata.component.name, bom.metadata.timestamp],
    ['tracee', '2023-11-14T22:13:20.000Z'],
  );
  const listed = bom.components.map((component) => component['bom-ref']);
  const unpacked = readdirSync(inside(`elsewhere/${name}`), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(inside(`elsewhere/${name}/${path}`), 'utf8')) as Package);
  const expected = unpacked.map((one) => `${one.name}@${one.version}`);
  assert.ok(expected.length > 80);
  assert.deepEqual(listed.toSorted(), [...new Set([...expected, builderReference])].toSorted());
});

test('made again with the same time, every file has the same bytes', () => {
  make('second', { RELEASE_KEY: '' });
  for (const file of [archive, `${name}.cdx.json`, 'SHA256SUMS', 'NOTES.md'])
    assert.equal(sha256(inside(`second/release/${file}`)), sha256(inside(`first/release/${file}`)), file);
});

/** Runs a program of the release where an empty directory lies over the clone. */
function use(program: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = 'mount -t tmpfs tmpfs "$1" && shift && exec "$@"';
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [
      ...['--mount', '--propagation', 'private', '/bin/sh', '-c', script, 'sh', root],
      ...[inside(`elsewhere/${name}/bin/${program}`), ...words],
    ],
    {
      encoding: 'utf8',
      cwd: inside('elsewhere'),
      env: { PATH: process.env['PATH'], HOME: inside('elsewhere') },
    },
  );
  return { status, stdout, stderr };
}

test('unpacked elsewhere, it says its version, lists its rules and detects, without the clone', () => {
  assert.deepEqual(use('tracee', '--version'), {
    status: 0,
    stdout: `Tracee version ${version}\n`,
    stderr: '',
  });
  assert.match(use('tracee', '--list').stdout, /TRC-2/);
  const { status, stdout, stderr } = use('tracee', '--rules', 'TRC-2', '--', './program');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /TRC-2 Anti-Debugging: program\[/);
});

test('unpacked elsewhere, it builds the very object that it brings', () => {
  const { status, stdout, stderr } = use('tracee-builder', 'build', '--portable', '--output', 'objects');
  assert.equal(status, 0, stderr);
  const object = stdout.trim();
  assert.equal(
    sha256(inside(`elsewhere/${object}`)),
    sha256(inside(`elsewhere/${name}/runtime/portable/${object.replace('objects/', '')}`)),
  );
});

test('nothing in the archive belongs to anybody, is newer than its time, or can be written by others', () => {
  const listing = execFileSync(
    'tar',
    ['-tvzf', inside(`first/release/${archive}`), '--numeric-owner', '--utc'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const lines = listing.trim().split('\n');
  assert.ok(lines.length > 500);
  const odd = lines.filter(
    (line) =>
      !/^(?:d|-)rw(?:xr-xr-x|-r--r--) 0\/0 |^lrwxr-xr-x 0\/0 /.test(line) ||
      !line.includes('2023-11-14 22:13'),
  );
  assert.deepEqual(odd, []);
});

test('notes are the section of the version, and a version without one is refused', () => {
  const changelog = '# Changelog\n\n## 0.2.0 (unreleased)\n\n- new\n\n## 0.1.0 (2026-01-01)\n\n- old\n';
  assert.match(releaseNotes(changelog, '0.2.0', 'a.tar.gz'), /^# Tracee 0\.2\.0\n\n- new\n\n### Install/);
  assert.match(releaseNotes(changelog, '0.1.0', 'a.tar.gz'), /^# Tracee 0\.1\.0\n\n- old\n\n### Install/);
  assert.throws(() => releaseNotes(changelog, '0.3.0', 'a.tar.gz'), ReleaseError);
});
