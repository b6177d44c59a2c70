import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import {
  computeDigest,
  patchDigest,
  readManifest,
  verifyDigest,
} from '../../src/artifact/embedded-manifest.js';
import { blankDigest, canonicalJson } from '../../src/artifact/manifest.js';
import { TraceeError } from '../../src/errors.js';
import { addManifestText, compileObject, installedManifest, sealObject } from './object-fixture.js';

const object = compileObject();
const sealed = sealObject(object, installedManifest);

function check(bytes: Uint8Array): void {
  verifyDigest(bytes, readManifest(bytes, '/o.o'), '/o.o');
}

test('a sealed object gives back its manifest and passes its digest', () => {
  const manifest = readManifest(sealed, '/o.o');
  assert.deepEqual({ ...manifest, digest: blankDigest }, installedManifest);
  assert.notEqual(manifest.digest, blankDigest);
  check(sealed);
});

test('the digest is the SHA-256 of the file before the digest was put in', () => {
  const blank = addManifestText(object, canonicalJson(installedManifest));
  const expected = createHash('sha256').update(blank).digest('hex');
  assert.equal(readManifest(sealed, '/o.o').digest, expected);
  assert.equal(computeDigest(sealed), expected);
  assert.equal(computeDigest(blank), expected);
});

test('sealing changes nothing but the 64 characters of the digest', () => {
  const blank = addManifestText(object, canonicalJson(installedManifest));
  const before = Buffer.from(blank);
  const patched = Buffer.from(patchDigest(blank));
  assert.deepEqual(blank, before);
  const at = patched.indexOf(readManifest(patched, '/o.o').digest);
  patched.write(blankDigest, at);
  assert.deepEqual(patched, before);
});

test('sealing twice is refused', () => {
  assert.throws(() => patchDigest(sealed), { code: 'OBJECT_INVALID', message: /already has the digest/ });
});

test('an object without a manifest is refused', () => {
  assert.throws(() => readManifest(object, '/o.o'), {
    code: 'OBJECT_INVALID',
    message: /^\/o\.o carries no manifest/,
  });
});

test('each unusable manifest is refused with its reason', () => {
  const { abi, ...withoutAbi } = installedManifest;
  const cases: [string, RegExp][] = [
    ['{', /is not JSON/],
    ['', /is not JSON/],
    ['\xff', /is not JSON/],
    ['[]', /unusable fields: \(top level\):/],
    [canonicalJson(withoutAbi), /unusable fields: abi:/],
    [canonicalJson({ ...installedManifest, schema: 2 }), /unusable fields: schema:/],
    [
      canonicalJson({ ...installedManifest, kernel: { release: '6.1', arch: 'mips' } }),
      /fields: kernel\.arch:/,
    ],
    [canonicalJson({ ...installedManifest, surprise: 1 }), /surprise/],
    [JSON.stringify(installedManifest), /not canonical JSON/],
    [`${canonicalJson(installedManifest)}\n`, /not canonical JSON/],
    [canonicalJson(installedManifest).replace('{', `{"abi":"${abi}",`), /not canonical JSON/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readManifest(addManifestText(object, text), '/o.o'), {
      code: 'OBJECT_INVALID',
      message,
    });
  }
});

test('a second manifest is refused', () => {
  const twice = addManifestText(sealed, canonicalJson(installedManifest));
  assert.throws(() => readManifest(twice, '/o.o'), { message: /carries more than one manifest/ });
});

test('a flipped bit anywhere in the file is noticed', () => {
  // A prime step visits every part of the file; the digest itself is visited in full.
  const digestAt = Buffer.from(sealed).indexOf(readManifest(sealed, '/o.o').digest);
  const places = new Set([
    ...Array.from({ length: Math.ceil(sealed.length / 7) }, (_, index) => index * 7),
    ...Array.from({ length: 64 }, (_, index) => digestAt + index),
  ]);
  for (const at of places) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => check(changed), { code: 'OBJECT_INVALID' }, `byte ${at}`);
  }
});

test('a changed instruction is reported with both digests', () => {
  const changed = Uint8Array.from(sealed);
  changed[64] = (changed[64] ?? 0) ^ 1;
  const { digest } = readManifest(sealed, '/o.o');
  assert.throws(() => check(changed), {
    code: 'OBJECT_INVALID',
    message: new RegExp(`its digest is [0-9a-f]{64}, its manifest says ${digest}`),
  });
});

test('an object cut off anywhere is refused with an error of this project', () => {
  for (let size = 0; size < sealed.length; size += 97) {
    assert.throws(
      () => check(sealed.subarray(0, size)),
      (error) => error instanceof TraceeError && error.code === 'OBJECT_INVALID',
      `cut at ${size}`,
    );
  }
});
