import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** PEM, SPKI. */
  readonly publicPem: string;
}

export function makeKeyPair(namedCurve = 'P-256'): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** One line of base64, as `cosign sign-blob --output-signature` writes it. */
export function signatureOf(bytes: Uint8Array, { privateKey }: KeyPair): string {
  return sign('sha256', bytes, privateKey).toString('base64');
}

/** Writes the signature of these bytes beside the object. */
export function putSignature(path: string, bytes: Uint8Array, pair: KeyPair): void {
  writeFileSync(`${path}.sig`, signatureOf(bytes, pair), { mode: 0o600 });
}
