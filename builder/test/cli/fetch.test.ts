import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { smallSources } from '../fixtures/bpf.js';
import { writeConfiguration, writeSuite, type DebianPackage } from '../fixtures/apt-suite.js';
import { buildHalf, debian, release, sourceHalf } from '../fixtures/header-tree.js';
import { createPlace, type Outcome, type Place, run } from './program.js';

const below = (directory: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [join(directory, name), text]));

/** As Debian splits them; what only building modules needs is named, and not there. */
const headers: DebianPackage = {
  name: `linux-headers-${release}`,
  depends: 'linux-headers-6.1.0-50-common (= 6.1.176-1), linux-kbuild-6.1, gcc-12',
  files: below(debian.build, buildHalf()),
};
const common: DebianPackage = {
  name: 'linux-headers-6.1.0-50-common',
  architecture: 'all',
  files: below(debian.source, sourceHalf()),
};

/** Builds for the release of the packages, of which this machine has none, with a cache of its own. */
function fetch(place: Place, configuration: string, words = ['--fetch']): Promise<Outcome> {
  const args = ['build', '--sources', smallSources, '--arch', 'x86_64', '--kernel', release];
  return run(place, [...args, '--output', place.output, ...words], {
    APT_CONFIG: configuration,
    TRACEE_CACHE_DIR: join(place.directory, 'cache'),
  });
}

const cacheOf = (place: Place): string => join(place.directory, 'cache/headers/x86_64', release);

test('headers that no directory has come from a suite that APT_CONFIG lists, and stay in the cache', async (context) => {
  const place = createPlace(context);
  const configuration = writeSuite(join(place.directory, 'suite'), [headers, common]);
  const { status, stderr } = await fetch(place, configuration);
  assert.equal(status, 0, stderr);
  assert.match(stderr, new RegExp(`fetching ${headers.name}, ${common.name}\n`));
  assert.ok(existsSync(join(cacheOf(place), debian.build)));
  assert.ok(existsSync(join(cacheOf(place), debian.source)));
  assert.deepEqual(readdirSync(join(place.directory, 'cache')), ['headers']);
  assert.ok(!existsSync(`/usr/src/linux-headers-${release}`));

  const again = await fetch(place, writeConfiguration(join(place.directory, 'offline'), ''), []);
  assert.equal(again.status, 0, again.stderr);
  assert.ok(again.stderr.includes(`types from ${cacheOf(place)}`), again.stderr);
});

test('a package of another architecture is fetched too, without the system knowing that architecture', async (context) => {
  const place = createPlace(context);
  const files = below(debian.build, buildHalf({ arch: 'aarch64' }));
  const configuration = writeSuite(join(place.directory, 'suite'), [
    { ...headers, files, architecture: 'arm64' },
    common,
  ]);
  const { status, stderr } = await fetch(place, configuration, ['--fetch', '--arch', 'arm64']);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /for linux-headers-\S+ \(arm64\)/);
  assert.deepEqual(readdirSync(join(place.directory, 'cache/headers')), ['aarch64']);
});

test('a release that no suite has is named with its package and what mends it, and nothing is left', async (context) => {
  const place = createPlace(context);
  const configuration = writeSuite(join(place.directory, 'suite'), [common]);
  const { status, stderr } = await fetch(place, configuration);
  assert.equal(status, 6, stderr);
  assert.ok(stderr.includes(`no suite that apt's sources list has ${headers.name} for amd64\n`), stderr);
  assert.match(stderr, /add the suite that has it to \/etc\/apt\/sources\.list\.d/);
  assert.deepEqual(readdirSync(join(place.directory, 'cache')), []);
});

test('a suite that lacks the other half of the headers is told so', async (context) => {
  const place = createPlace(context);
  const { status, stderr } = await fetch(place, writeSuite(join(place.directory, 'suite'), [headers]));
  assert.equal(status, 6, stderr);
  assert.ok(stderr.includes(`${headers.name} needs ${common.name}, which no suite has`), stderr);
});

test('an archive that cannot be reached ends with what apt says', async (context) => {
  const place = createPlace(context);
  const sources = 'deb [trusted=yes] http://127.0.0.1:9/debian bookworm main\n';
  const { status, stderr } = await fetch(place, writeConfiguration(join(place.directory, 'suite'), sources));
  assert.equal(status, 6, stderr);
  assert.match(stderr, /apt-get failed: [EW]: .*127\.0\.0\.1/);
  assert.match(stderr, /look at the network and at the sources in \/etc\/apt/);
  assert.deepEqual(readdirSync(join(place.directory, 'cache')), []);
});

test('packages without the headers that they are named after are not kept', async (context) => {
  const place = createPlace(context);
  const empty = { name: headers.name, files: { 'usr/share/doc/none': '' } };
  const { status, stderr } = await fetch(place, writeSuite(join(place.directory, 'suite'), [empty]));
  assert.equal(status, 6, stderr);
  assert.ok(stderr.includes(`${headers.name} has no usr/src/${headers.name} in it`), stderr);
  assert.deepEqual(readdirSync(join(place.directory, 'cache')), []);
});

test('without apt the error says what --fetch works with', async (context) => {
  const place = createPlace(context);
  const bin = join(place.directory, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const args = ['build', '--kernel', release, '--arch', machine(), '--fetch', '--sources', smallSources];
  const env = { PATH: bin, TRACEE_CACHE_DIR: join(place.directory, 'cache') };
  const { status, stderr } = await run(place, args, env);
  assert.equal(status, 6, stderr);
  assert.match(stderr, /there is no apt-\w+ here\n {2}headers are fetched with Debian's apt-\w+/);
});
