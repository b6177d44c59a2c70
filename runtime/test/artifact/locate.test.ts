import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { locateObject, type LocateOptions } from '../../src/artifact/locate.js';
import { type Manifest } from '../../src/artifact/manifest.js';
import { objectName, portableObjectName } from '../../src/artifact/name.js';
import { TraceeError } from '../../src/errors.js';
import {
  compileObject,
  createDirectory,
  installedManifest,
  portableManifest,
  sealObject,
  wanted,
} from './object-fixture.js';

const object = compileObject();
const name = objectName(wanted.kernelRelease, wanted.version);
const portableName = portableObjectName(wanted.version);

/** A directory to install to and one with portable objects, both empty. */
function createStores(context: TestContext): LocateOptions & { portable: string } {
  const root = createDirectory(context);
  const installPath = join(root, 'installed');
  const portable = join(root, 'portable');
  mkdirSync(installPath, { mode: 0o700 });
  mkdirSync(portable, { mode: 0o700 });
  return { ...wanted, installPath, portable, portableDirs: [portable] };
}

function put(path: string, manifest: Manifest = installedManifest): string {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(path, sealObject(object, manifest), { mode: 0o600 });
  return path;
}

function failureOf(options: LocateOptions): TraceeError {
  try {
    locateObject(options);
  } catch (error) {
    assert.ok(error instanceof TraceeError, String(error));
    return error;
  }
  assert.fail('an object was found');
}

test('the installed object is preferred to the portable one', (context) => {
  const stores = createStores(context);
  const path = put(join(stores.installPath, name));
  put(join(stores.portable, portableName), portableManifest);
  const found = locateObject(stores);
  assert.equal(found.path, path);
  assert.equal(found.kind, 'installed');
  assert.equal(found.manifest.kernel.release, wanted.kernelRelease);
  assert.ok(found.bytes.length > 0);
  assert.deepEqual(found.warnings, []);
});

test('the directory of the architecture is looked at before the flat name', (context) => {
  const stores = createStores(context);
  put(join(stores.installPath, name));
  const path = put(join(stores.installPath, 'x86_64', name));
  assert.equal(locateObject(stores).path, path);
});

test('the portable object serves where nothing is installed', (context) => {
  const stores = createStores(context);
  const path = put(join(stores.portable, portableName), portableManifest);
  const found = locateObject(stores);
  assert.equal(found.path, path);
  assert.equal(found.kind, 'portable');
});

test('a refused installed object is a warning, and the search goes on', (context) => {
  const stores = createStores(context);
  const refused = put(join(stores.installPath, name));
  chmodSync(refused, 0o666);
  put(join(stores.portable, portableName), portableManifest);
  const found = locateObject(stores);
  assert.equal(found.kind, 'portable');
  assert.deepEqual(
    found.warnings.map(({ code }) => code),
    ['OBJECT_UNTRUSTED'],
  );
  assert.match(found.warnings[0]?.message ?? '', new RegExp(`${refused} has mode 0666`));
});

test('where nothing is found, every place is named with its reason', (context) => {
  const stores = createStores(context);
  const error = failureOf(stores);
  assert.equal(error.code, 'OBJECT_NOT_FOUND');
  assert.equal(error.status, 3);
  assert.equal(
    error.message,
    [
      'No BPF object for kernel 6.1.0-56-amd64 (x86_64) was found:',
      `  ${stores.installPath}/x86_64/${name}: not there`,
      `  ${stores.installPath}/${name}: not there`,
      `  ${stores.portable}/x86_64/${portableName}: not there`,
      `  ${stores.portable}/${portableName}: not there`,
    ].join('\n'),
  );
  assert.match(error.hint ?? '', /make bpf/);
  assert.ok(error.hint?.includes(`tracee-builder build --output ${stores.installPath}`));
  assert.match(error.hint ?? '', /TRACEE_BPF_FILE/);
});

test('a kernel without BTF is not offered the portable object, and the error says so', (context) => {
  const stores = createStores(context);
  put(join(stores.portable, portableName), portableManifest);
  assert.match(failureOf({ ...stores, kernelHasBtf: false }).message, /portable object: needs BTF/);
});

test('without portable directories only the installed object is looked for', (context) => {
  const stores = createStores(context);
  put(join(stores.portable, portableName), portableManifest);
  assert.doesNotMatch(failureOf({ ...stores, portableDirs: [] }).message, /portable/);
});

test('where the only object was refused, the error says why and how to mend it', (context) => {
  const stores = createStores(context);
  const path = put(join(stores.installPath, name));
  chmodSync(path, 0o666);
  const error = failureOf(stores);
  assert.equal(error.code, 'OBJECT_NOT_FOUND');
  assert.equal(error.status, 3);
  assert.match(error.message, /refused: BPF object .* has mode 0666/);
  assert.match(error.hint ?? '', /chmod go-w .*\n.*make bpf/);
  assert.ok(error.cause instanceof TraceeError && error.cause.code === 'OBJECT_UNTRUSTED');
});

test('a dangling link is refused, not taken for absent', (context) => {
  const stores = createStores(context);
  symlinkSync('nowhere', join(stores.installPath, name));
  assert.match(failureOf(stores).message, /refused: .* is a symbolic link/);
});

test('an explicit file of any name is used, and nothing else is searched', (context) => {
  const stores = createStores(context);
  put(join(stores.installPath, name));
  const bpfFile = put(join(stores.portable, 'mine.o'));
  const found = locateObject({ ...stores, bpfFile });
  assert.equal(found.path, bpfFile);
  assert.equal(found.kind, 'explicit');
});

test('an explicit directory is searched by exact name, its architecture first', (context) => {
  const stores = createStores(context);
  const bpfFile = stores.portable;
  const flat = put(join(bpfFile, name));
  assert.equal(locateObject({ ...stores, bpfFile }).path, flat);
  const twin = put(join(bpfFile, 'x86_64', name));
  assert.equal(locateObject({ ...stores, bpfFile }).path, twin);
});

test('an explicit file that does not work is an error, whatever else could be found', (context) => {
  const stores = createStores(context);
  put(join(stores.installPath, name));
  const bpfFile = join(stores.portable, 'mine.o');
  const absent = failureOf({ ...stores, bpfFile });
  assert.equal(absent.code, 'OBJECT_NOT_FOUND');
  assert.ok(absent.message.includes(`  ${bpfFile}: not there`));
  assert.equal(failureOf({ ...stores, bpfFile: stores.portable }).code, 'OBJECT_NOT_FOUND');

  put(bpfFile);
  chmodSync(bpfFile, 0o666);
  assert.equal(failureOf({ ...stores, bpfFile }).code, 'OBJECT_UNTRUSTED');

  chmodSync(bpfFile, 0o600);
  writeFileSync(bpfFile, '');
  assert.match(failureOf({ ...stores, bpfFile }).message, /mine\.o is empty$/);
});

test('an object that was changed after it was built is refused', (context) => {
  const stores = createStores(context);
  const bpfFile = join(stores.portable, 'mine.o');
  const bytes = sealObject(object, installedManifest);
  bytes[64] = (bytes[64] ?? 0) ^ 1;
  writeFileSync(bpfFile, bytes, { mode: 0o600 });
  assert.match(failureOf({ ...stores, bpfFile }).message, /was changed after it was built/);
});

const mismatches: [string, Partial<Manifest>, RegExp][] = [
  [
    'another kernel release',
    { kernel: { release: '6.1.0-55-amd64', arch: 'x86_64' } },
    /made for kernel 6\.1\.0-55-amd64, but this is kernel 6\.1\.0-56-amd64/,
  ],
  [
    'no release without being portable',
    { kernel: { release: null, arch: 'x86_64' } },
    /made for no particular kernel, but this is kernel 6\.1\.0-56-amd64/,
  ],
  [
    'another architecture',
    { kernel: { release: wanted.kernelRelease, arch: 'aarch64' } },
    /made for aarch64, but this is x86_64/,
  ],
  ['another version', { version: '0.0.9' }, /made for version 0\.0\.9, but this is version 0\.1\.0/],
  ['another event catalogue', { abi: 'cd'.repeat(32) }, /catalogue\) cdcdcdcdcdcd, but .* abababababab/],
];
for (const [what, change, message] of mismatches) {
  test(`an object with ${what} is refused with both sides`, (context) => {
    const stores = createStores(context);
    const bpfFile = put(join(stores.portable, 'mine.o'), { ...installedManifest, ...change });
    const error = failureOf({ ...stores, bpfFile });
    assert.equal(error.code, 'OBJECT_MISMATCH');
    assert.match(error.message, message);
    assert.match(error.hint ?? '', /make bpf/);
  });
}

test('a portable object named explicitly is refused on a kernel without BTF', (context) => {
  const stores = createStores(context);
  const bpfFile = put(join(stores.portable, 'mine.o'), portableManifest);
  assert.equal(locateObject({ ...stores, bpfFile }).kind, 'explicit');
  const error = failureOf({ ...stores, bpfFile, kernelHasBtf: false });
  assert.equal(error.code, 'OBJECT_MISMATCH');
  assert.match(error.message, /kernels with BTF/);
});

test('a kernel release that could leave the directory is refused', (context) => {
  const error = failureOf({ ...createStores(context), kernelRelease: '../../etc/passwd' });
  assert.equal(error.code, 'KERNEL_RELEASE_INVALID');
});
