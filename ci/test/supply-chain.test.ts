import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from './repository.js';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

type Wanted = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

const lock = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
const packages = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.startsWith('node_modules/') && link !== true,
);

test('every package is locked to one version and the digest of its bytes', () => {
  assert.ok(packages.length > 100);
  for (const [path, { version, integrity }] of packages) {
    assert.match(version ?? '', /^\d+\.\d+\.\d+/, path);
    assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path);
  }
});

test('no package is bound to one registry, or comes from somewhere that has no digests', () => {
  for (const [path, { resolved }] of packages) assert.equal(resolved, undefined, path);
});

test('what is depended upon is named by exact versions', () => {
  for (const file of ['package.json', 'runtime/package.json', 'builder/package.json']) {
    const { dependencies, devDependencies } = JSON.parse(readText(file)) as Wanted;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+$/, `${file}: ${name}`);
    }
  }
});

test('packages are installed without running their scripts', () => {
  const installs = readText('Makefile')
    .split('\n')
    .filter((line) => /\bnpm (?:ci|install)\b/.test(line));
  assert.ok(installs.length > 0);
  for (const line of installs) assert.match(line, /npm ci --ignore-scripts/);
});
