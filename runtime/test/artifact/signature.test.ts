import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  fingerprint,
  parsePublicKeys,
  readPublicKeys,
  verifySignature,
} from '../../src/artifact/signature.js';
import { TraceeError } from '../../src/errors.js';
import { compileObject, createDirectory, installedManifest, sealObject } from './object-fixture.js';
import { makeKeyPair, signatureOf } from './signature-fixture.js';

const object = sealObject(compileObject(), installedManifest);
const owner = makeKeyPair();
const stranger = makeKeyPair();
const keys = parsePublicKeys(owner.publicPem, 'owner.pub');
const signature = signatureOf(object, owner);

function refusalOf(bytes: Uint8Array, text: string | Uint8Array): TraceeError {
  try {
    verifySignature(bytes, Buffer.from(text), 'x.o', keys);
  } catch (error) {
    assert.ok(error instanceof TraceeError, String(error));
    assert.equal(error.code, 'OBJECT_UNSIGNED');
    assert.equal(error.status, 3);
    return error;
  }
  assert.fail('the signature was accepted');
}

test('a signature by the key is accepted, with and without a newline at its end', () => {
  for (const text of [signature, `${signature}\n`, `${signature}\r\n`]) {
    verifySignature(object, Buffer.from(text), 'x.o', keys);
  }
});

test('with two keys in the file the signature of either is accepted, so that keys can be changed over', () => {
  const both = parsePublicKeys(stranger.publicPem + owner.publicPem, 'both.pub');
  verifySignature(object, Buffer.from(signature), 'x.o', both);
  verifySignature(object, Buffer.from(signatureOf(object, stranger)), 'x.o', both);
});

test('a signature by another key is refused, and the right key is told by its fingerprint', () => {
  const { message, hint } = refusalOf(object, signatureOf(object, stranger));
  const [key] = keys.keys;
  assert.ok(key !== undefined);
  assert.equal(
    message,
    `x.o is as it was built, but x.o.sig was not made for it by the key in owner.pub (${fingerprint(key)})`,
  );
  assert.match(hint ?? '', /public key of whoever signed it.*tracee-builder sign x\.o --key KEYFILE/);
});

test('any flipped bit of the object is refused as a change, not as a foreign key', () => {
  for (const at of [0, 64, object.length >> 1, object.length - 1]) {
    const changed = Uint8Array.from(object);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.doesNotMatch(refusalOf(changed, signature).message, /as it was built/);
  }
  const changed = Uint8Array.from(object);
  changed[64] = (changed[64] ?? 0) ^ 1;
  assert.match(
    refusalOf(changed, signature).message,
    /was changed after it was built: .*; no key in owner\.pub has signed it as it is$/,
  );
});

test('any flipped bit of the signature is refused', () => {
  const der = Buffer.from(signature, 'base64');
  for (let at = 0; at < der.length; at++) {
    const changed = Buffer.from(der);
    changed[at] = (changed[at] ?? 0) ^ 1;
    refusalOf(object, changed.toString('base64'));
  }
});

const der = Buffer.from(signature, 'base64');
const malformed: [what: string, bytes: string | Uint8Array][] = [
  ['nothing', ''],
  ['a newline', '\n'],
  ['raw DER', der],
  ['hexadecimal', der.toString('hex')],
  ['base64 over two lines', `${signature.slice(0, 40)}\n${signature.slice(40)}`],
  ['base64 with a blank before it', ` ${signature}`],
  ['base64 of the URL alphabet', Buffer.from('fbefbe', 'hex').toString('base64url')],
  ['base64 with something behind it', `${signature}\n${signature}`],
  ['a signature and more bytes', Buffer.concat([der, Buffer.of(0)]).toString('base64')],
  ['half a signature', der.subarray(0, 30).toString('base64')],
  ['two plain numbers, as IEEE P1363 has them', Buffer.alloc(64, 7).toString('base64')],
];
for (const [what, bytes] of malformed) {
  test(`${what} is refused as no signature`, () => {
    const { message, hint } = refusalOf(object, bytes);
    assert.match(message, /^x\.o\.sig should hold one line, the base64 of an ECDSA signature, but /);
    assert.match(hint ?? '', /Copy it again, or sign the object again: tracee-builder sign/);
  });
}

const { privateKey } = makeKeyPair();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const unusable: [what: string, pem: string, message: RegExp][] = [
  ['an empty file', '', /k\.pub has no PEM block/],
  ['text', 'ssh-ed25519 AAAA', /k\.pub has no PEM block/],
  [
    'a private key',
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    /k\.pub has a block "PRIVATE KEY" instead of "PUBLIC KEY"/,
  ],
  [
    'a public key with a private one behind it',
    owner.publicPem + privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    /has a block "EC PRIVATE KEY"/,
  ],
  ['a damaged key', owner.publicPem.replace(/\n[A-Za-z0-9+/]{10}/, '\n'), /cannot be read/],
  ['a key of another curve', makeKeyPair('P-384').publicPem, /another kind: ec secp384r1/],
  ['an RSA key', rsa.export({ type: 'spki', format: 'pem' }).toString(), /another kind: rsa/],
];
for (const [what, pem, message] of unusable) {
  test(`${what} is refused as a public key`, () => {
    assert.throws(() => parsePublicKeys(pem, 'k.pub'), {
      code: 'KEY_UNUSABLE',
      status: 3,
      message,
      hint: /ECDSA P-256 public key, as cosign public-key/,
    });
  });
}

test('a file with the public key is read, and refused where others could have written it', (context) => {
  const path = join(createDirectory(context), 'k.pub');
  writeFileSync(path, owner.publicPem, { mode: 0o644 });
  assert.equal(readPublicKeys(path).keys.length, 1);
  chmodSync(path, 0o666);
  assert.throws(() => readPublicKeys(path), {
    code: 'OBJECT_UNTRUSTED',
    message: `public key ${path} has mode 0666, so that others can change it`,
  });
});

test('an empty name is refused: a variable that came out empty must not switch signatures off', () => {
  assert.throws(() => readPublicKeys(''), { code: 'KEY_UNUSABLE', hint: /unset/ });
});
