import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';

import { locateObject, type LocateOptions } from '../../src/artifact/locate.js';
import type { Manifest } from '../../src/artifact/manifest.js';
import { objectName, portableObjectName } from '../../src/artifact/name.js';
import { parsePublicKeys } from '../../src/artifact/signature.js';
import { TraceeError } from '../../src/errors.js';
import {
  compileObject,
  createDirectory,
  installedManifest,
  portableManifest,
  sealObject,
  wanted,
} from './object-fixture.js';
import { makeKeyPair, putSignature, signatureOf } from './signature-fixture.js';

const object = compileObject();
const owner = makeKeyPair();
const stranger = makeKeyPair();

interface Stores extends LocateOptions {
  /** The installed object, signed by the owner of the key. */
  installed: string;
  /** The portable object, signed as well. */
  portable: string;
}

function createStores(context: TestContext): Stores {
  const root = createDirectory(context);
  const directories = ['installed', 'portable'].map((name) => join(root, name));
  for (const directory of directories) mkdirSync(directory, { mode: 0o700 });
  const [installPath = '', portableDirectory = ''] = directories;
  return {
    ...wanted,
    installPath,
    portableDirs: [portableDirectory],
    publicKeys: parsePublicKeys(owner.publicPem, 'owner.pub'),
    installed: put(join(installPath, objectName(wanted.kernelRelease, wanted.version)), installedManifest),
    portable: put(join(portableDirectory, portableObjectName(wanted.version)), portableManifest),
  };
}

function put(path: string, manifest: Manifest): string {
  const bytes = sealObject(object, manifest);
  writeFileSync(path, bytes, { mode: 0o600 });
  putSignature(path, bytes, owner);
  return path;
}

const installedBytes = sealObject(object, installedManifest);

/** Each spoils a signed object, with what its refusal says. */
const spoilers: [what: string, spoil: (path: string) => void, message: RegExp, hint: RegExp][] = [
  [
    'a missing signature',
    (path) => {
      rmSync(`${path}.sig`);
    },
    /\.o has no signature: \S+\.o\.sig is not there, and one is required$/,
    /Copy the signature along.*tracee-builder sign \S+\.o --key KEYFILE/,
  ],
  [
    'a malformed signature',
    (path) => {
      writeFileSync(`${path}.sig`, 'signed, honestly\n');
    },
    /\.o\.sig should hold one line, the base64 of an ECDSA signature/,
    /sign the object again/,
  ],
  [
    'a signature by another key',
    (path) => {
      putSignature(path, installedBytes, stranger);
    },
    /is as it was built, but \S+\.o\.sig was not made for it by the key in owner\.pub/,
    /Name the public key of whoever signed it/,
  ],
  [
    'a flipped bit',
    (path) => {
      const bytes = Uint8Array.from(installedBytes);
      bytes[64] = (bytes[64] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    /was changed after it was built: its digest is/,
    /Copy the object again together with its signature/,
  ],
];
for (const [what, spoil, message, hint] of spoilers) {
  test(`an explicit object with ${what} is refused`, (context) => {
    const stores = createStores(context);
    const bpfFile = stores.installed;
    assert.equal(locateObject({ ...stores, bpfFile }).path, bpfFile);
    spoil(bpfFile);
    assert.throws(() => locateObject({ ...stores, bpfFile }), { code: 'OBJECT_UNSIGNED', message, hint });
  });

  test(`an installed object with ${what} is one warning, and the search goes on`, (context) => {
    const stores = createStores(context);
    assert.equal(locateObject(stores).kind, 'installed');
    spoil(stores.installed);
    const found = locateObject(stores);
    assert.equal(found.kind, 'portable');
    const [warning, second] = found.warnings;
    assert.equal(second, undefined);
    assert.equal(warning?.code, 'OBJECT_UNSIGNED');
    assert.match(warning.message, message);
  });
}

test('where neither the installed nor the portable object is signed, both are listed and the hint says sign', (context) => {
  const stores = createStores(context);
  for (const path of [stores.installed, stores.portable]) rmSync(`${path}.sig`);
  assert.throws(
    () => locateObject(stores),
    (error: unknown) => {
      assert.ok(error instanceof TraceeError);
      assert.equal(error.code, 'OBJECT_NOT_FOUND');
      assert.equal(error.status, 3);
      for (const path of [stores.installed, stores.portable]) {
        assert.ok(error.message.includes(`  ${path}: refused: ${path} has no signature`), error.message);
      }
      assert.match(error.hint ?? '', /^Copy the signature along with the object, or sign it/);
      return true;
    },
  );
});

test('a signature that others could have written is refused as such', (context) => {
  const stores = createStores(context);
  chmodSync(`${stores.installed}.sig`, 0o666);
  assert.throws(() => locateObject({ ...stores, bpfFile: stores.installed }), {
    code: 'OBJECT_UNTRUSTED',
    message: /^signature \S+\.o\.sig has mode 0666/,
  });
});

test('without a key signatures are not looked at', (context) => {
  const { publicKeys: _, ...stores } = createStores(context);
  writeFileSync(`${stores.installed}.sig`, 'nonsense');
  assert.equal(locateObject(stores).kind, 'installed');
});

test('the signature is verified before anything in the file is believed', (context) => {
  const stores = createStores(context);
  writeFileSync(stores.installed, 'no object at all');
  assert.throws(() => locateObject({ ...stores, bpfFile: stores.installed }), { code: 'OBJECT_UNSIGNED' });
});

/** Replaces object and signature over and over, the signature first, as the builder does. */
const publisher = `
const { renameSync, writeFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const flag = new Int32Array(workerData.flag);
parentPort.postMessage('publishing');
for (let round = 0; Atomics.load(flag, 0) === 0; round++) {
  const { object, signature } = workerData.pairs[round % 2];
  writeFileSync(workerData.path + '.new', object, { mode: 0o600 });
  writeFileSync(workerData.path + '.sig.new', signature, { mode: 0o600 });
  renameSync(workerData.path + '.sig.new', workerData.path + '.sig');
  renameSync(workerData.path + '.new', workerData.path);
  Atomics.wait(flag, 0, 0, 250);
}
`;

test('while a signed object is replaced by another, a reader finds one of them every time', async (context) => {
  const stores = createStores(context);
  const pairs = ['1'.repeat(64), '3'.repeat(64)].map((digest) => {
    const bytes = sealObject(object, { ...installedManifest, sources: { digest } });
    return { object: bytes, signature: signatureOf(bytes, owner) };
  });
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(publisher, { eval: true, workerData: { path: stores.installed, pairs, flag } });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  const seen = new Set<string>();
  for (let round = 0; round < 4000 || seen.size < 2; round++) {
    seen.add(locateObject({ ...stores, bpfFile: stores.installed }).manifest.sources.digest);
  }
  Atomics.store(new Int32Array(flag), 0, 1);
  Atomics.notify(new Int32Array(flag), 0);
  await ended;
  assert.ok(seen.size >= 2);
});

test('a pair that fits only after a moment is taken', async (context) => {
  const stores = createStores(context);
  renameSync(`${stores.installed}.sig`, `${stores.installed}.later`);
  const rename = `
    const { renameSync } = require('node:fs');
    const { parentPort, workerData } = require('node:worker_threads');
    const flag = new Int32Array(workerData.flag);
    parentPort.postMessage('waiting');
    Atomics.wait(flag, 0, 0);
    Atomics.wait(flag, 0, 1, 30);
    renameSync(workerData.path + '.later', workerData.path + '.sig');`;
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(rename, { eval: true, workerData: { path: stores.installed, flag } });
  await new Promise((resolve) => worker.once('message', resolve));
  Atomics.store(new Int32Array(flag), 0, 1);
  Atomics.notify(new Int32Array(flag), 0);
  assert.equal(locateObject({ ...stores, bpfFile: stores.installed }).kind, 'explicit');
});
