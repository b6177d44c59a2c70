import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openCosignKey, sealCosignKey } from '../../src/signing/cosign-key.js';
import { readSigner } from '../../src/signing/private-key.js';
import { createDirectory, errorOf } from '../fixtures/scratch.js';
import { cosignKey, cosignPassphrase, cosignPublicKey, writeKeys } from '../fixtures/signed.js';

function writeKey(context: TestContext, text: string | Uint8Array): string {
  const path = join(createDirectory(context), 'some.key');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' } as const;
const forms: [what: string, pem: string | Uint8Array, passphrase: string | undefined][] = [
  ['plain PKCS#8', privateKey.export({ type: 'pkcs8', format: 'pem' }), undefined],
  ['PKCS#8 with a passphrase', privateKey.export(encrypted), 'open'],
  ['SEC1, as openssl ecparam writes it', privateKey.export({ type: 'sec1', format: 'pem' }), undefined],
  [
    'SEC1 with a passphrase',
    privateKey.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' }),
    'open',
  ],
  ["cosign's own form", sealCosignKey(privateKey.export({ type: 'pkcs8', format: 'der' }), 'open'), 'open'],
  [
    "cosign's own form with an empty passphrase",
    sealCosignKey(privateKey.export({ type: 'pkcs8', format: 'der' }), ''),
    undefined,
  ],
];
for (const [what, pem, passphrase] of forms) {
  test(`a key is read from ${what}`, (context) => {
    const signer = readSigner(writeKey(context, pem), passphrase);
    assert.ok(verify('sha256', Buffer.of(1), publicKey, sign('sha256', Buffer.of(1), signer.privateKey)));
    assert.equal(signer.warning, undefined);
    assert.ok(signer.publicKeys.keys[0]?.equals(publicKey));
  });
}

test('a key that cosign made is read, and its public half is the one that cosign gave', () => {
  const { publicKeys } = readSigner(cosignKey, cosignPassphrase);
  assert.ok(publicKeys.keys[0]?.equals(createPublicKey(cosignPublicKey)));
});

for (const [what, pem, passphrase] of forms.filter(([, , known]) => known !== undefined)) {
  test(`a key from ${what} is refused without it and with another one`, async (context) => {
    const path = writeKey(context, pem);
    for (const [given, message] of [
      [undefined, `private key ${path} needs a passphrase`],
      [`${passphrase}er`, `private key ${path} cannot be opened with the passphrase given`],
    ] as const) {
      const error = await errorOf(() => readSigner(path, given));
      assert.deepEqual([error.code, error.message], ['KEY_UNUSABLE', message]);
      assert.match(error.hint ?? '', /TRACEE_KEY_PASSWORD or COSIGN_PASSWORD/);
    }
  });
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const sealedText = (text: string): string =>
  `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${Buffer.from(text).toString('base64')}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
const greedy = {
  kdf: { name: 'scrypt', params: { N: 2 ** 30, r: 8, p: 1 }, salt: 'AAAA' },
  cipher: { name: 'nacl/secretbox', nonce: 'AAAA' },
  ciphertext: 'AAAA',
};
const unusable: [what: string, text: string | Uint8Array, message: RegExp][] = [
  ['an empty file', '', /has no PEM block with a private key/],
  ['a public key', publicKey.export({ type: 'spki', format: 'pem' }), /has no PEM block with a private key/],
  ['a key of another curve', p384.export({ type: 'pkcs8', format: 'pem' }), /another kind: ec secp384r1/],
  ['an RSA key', rsa.export({ type: 'pkcs8', format: 'pem' }), /another kind: rsa/],
  [
    'a damaged key',
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    /has a private key that cannot be read/,
  ],
  ["a damaged block of cosign's", sealedText('{'), /is damaged: cosign's block cannot be read/],
  ["a block of cosign's that asks for a terabyte", sealedText(JSON.stringify(greedy)), /is damaged/],
];
for (const [what, text, message] of unusable) {
  test(`${what} is refused as a private key`, async (context) => {
    const path = writeKey(context, text);
    const error = await errorOf(() => readSigner(path, undefined));
    assert.equal(error.code, 'KEY_UNUSABLE');
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`private key ${path} `));
    assert.match(error.hint ?? '', /ECDSA P-256 private key; tracee-builder keygen makes one/);
  });
}

test('a key that is not there is refused by name', async () => {
  const error = await errorOf(() => readSigner('/nowhere/some.key', undefined));
  assert.equal(error.message, 'private key /nowhere/some.key cannot be read: ENOENT');
});

test('a key that others can read is used with a warning', (context) => {
  const { keyFile } = writeKeys(createDirectory(context));
  chmodSync(keyFile, 0o640);
  const { warning } = readSigner(keyFile, undefined);
  assert.equal(
    warning,
    `private key ${keyFile} has mode 0640: others than its owner can use it (chmod 600 ${keyFile})`,
  );
});

test("what is sealed in cosign's form opens with its passphrase only", () => {
  const secret = Buffer.from('PKCS#8');
  const body = sealCosignKey(secret, 'open').split('\n').slice(1, -2).join('\n');
  assert.deepEqual(Buffer.from(openCosignKey(body, 'open') ?? []), secret);
  assert.equal(openCosignKey(body, 'shut'), undefined);
});
