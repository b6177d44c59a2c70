import { randomBytes, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

/**
 * cosign's own form of a private key: PKCS#8 DER, sealed with NaCl's secretbox under a key that scrypt derives
 * from the passphrase, as JSON in a PEM block. An empty passphrase is one too.
 *
 * `{"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"…"},
 * "cipher":{"name":"nacl/secretbox","nonce":"…"},"ciphertext":"…"}`
 */
interface SealedKey {
  readonly kdf: { name: string; params: { N: number; r: number; p: number }; salt: string };
  readonly cipher: { name: string; nonce: string };
  readonly ciphertext: string;
}

const label = 'ENCRYPTED SIGSTORE PRIVATE KEY';
/** Older versions of cosign wrote the second. */
const labels = new Set([label, 'ENCRYPTED COSIGN PRIVATE KEY']);

const saltLength = 32;
const nonceLength = 24;
const cost = 65536;
/** Costs that cosign has ever written; a file must not choose how much memory is spent on it. */
const knownCosts = new Set([32768, cost, 131072]);
const scryptMemoryLimit = 256 * 1024 * 1024;
const lineLength = 64;

export function isCosignLabel(found: string): boolean {
  return labels.has(found);
}

/** PKCS#8 DER -> PEM in cosign's form. */
export function sealCosignKey(pkcs8: Uint8Array, passphrase: string): string {
  const [salt, nonce] = [randomBytes(saltLength), randomBytes(nonceLength)];
  const sealed: SealedKey = {
    kdf: { name: 'scrypt', params: { N: cost, r: 8, p: 1 }, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(
      xsalsa20poly1305(deriveKey(passphrase, salt, cost), nonce).encrypt(pkcs8),
    ).toString('base64'),
  };
  const lines = Buffer.from(JSON.stringify(sealed))
    .toString('base64')
    .match(new RegExp(`.{1,${lineLength}}`, 'g'));
  return [`-----BEGIN ${label}-----`, ...(lines ?? []), `-----END ${label}-----`, ''].join('\n');
}

/**
 * Body of the PEM block -> PKCS#8 DER; `undefined` where the passphrase is another one.
 *
 * Throws a plain error where the block is of another form.
 */
export function openCosignKey(body: string, passphrase: string): Uint8Array | undefined {
  const { kdf, cipher, ciphertext } = JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as SealedKey;
  const { N, r, p } = kdf.params;
  const isKnown = kdf.name === 'scrypt' && cipher.name === 'nacl/secretbox' && r === 8 && p === 1;
  if (!isKnown || !knownCosts.has(N)) throw new Error('its encryption is of an unknown kind');
  const [salt, nonce] = [Buffer.from(kdf.salt, 'base64'), Buffer.from(cipher.nonce, 'base64')];
  const box = xsalsa20poly1305(deriveKey(passphrase, salt, N), nonce);
  try {
    return box.decrypt(Buffer.from(ciphertext, 'base64'));
  } catch {
    // Its authenticator does not fit: the one thing that a wrong passphrase shows.
    return undefined;
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, N: number): Uint8Array {
  return scryptSync(passphrase, salt, 32, { N, r: 8, p: 1, maxmem: scryptMemoryLimit });
}
