import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

import { TraceeError } from '../errors.js';
import { readManifest, verifyDigest } from './embedded-manifest.js';
import { readTrustedFile } from './trust.js';

/** Public keys of one file. An object is good when one of them verifies it, so that keys can be changed over. */
export interface PublicKeys {
  readonly path: string;
  readonly keys: readonly KeyObject[];
}

const signatureLimit = 4096;
const keyFileLimit = 64 * 1024;

/** `tracee.bpf.….o` -> `tracee.bpf.….o.sig` */
export function signaturePath(objectPath: string): string {
  return `${objectPath}.sig`;
}

/**
 * Reads a PEM file with one or more P-256 public keys (SPKI, what `cosign public-key` prints). Nobody but
 * trusted users may have been able to write it: who can change the key can sign anything.
 *
 * @throws TraceeError `KEY_UNUSABLE`, and what {@link readTrustedFile} throws.
 */
export function readPublicKeys(path: string, trustedUids: readonly number[] = []): PublicKeys {
  if (path === '') {
    throw new TraceeError('KEY_UNUSABLE', 'The name of the public key is empty', {
      hint: 'Name a PEM file with TRACEE_BPF_PUBKEY, or unset it to load objects without a signature',
    });
  }
  const bytes = readTrustedFile(path, { what: 'public key', trustedUids, maxBytes: keyFileLimit });
  return parsePublicKeys(Buffer.from(bytes).toString('latin1'), path);
}

/**
 * @param path Names the file in errors.
 * @throws TraceeError `KEY_UNUSABLE`.
 */
export function parsePublicKeys(pem: string, path: string): PublicKeys {
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g)];
  if (blocks.length === 0) throw unusable(path, 'has no PEM block with a public key');
  return { path, keys: blocks.map(([block, label = '']) => parseBlock(block, label, path)) };
}

function parseBlock(block: string, label: string, path: string): KeyObject {
  // node:crypto would take the public half of a private key, which has no business on this machine.
  if (label !== 'PUBLIC KEY') throw unusable(path, `has a block "${label}" instead of "PUBLIC KEY"`);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: block, format: 'pem', type: 'spki' });
  } catch (cause) {
    throw unusable(path, 'has a public key that cannot be read', cause);
  }
  if (!isP256(key)) throw unusable(path, `has a key of another kind: ${describeKind(key)}`);
  return key;
}

/** Whether a key is on the one curve that objects are signed with. */
export function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

/** `rsa`, `ec secp384r1` */
export function describeKind(key: KeyObject): string {
  return [key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ');
}

/** The first half of the SHA-256 of the key's SPKI form, for people to compare. */
export function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);
}

/**
 * Whether one of the keys made this signature: base64, on one line, of a DER ECDSA signature over the SHA-256 of
 * all bytes of the file, as `cosign sign-blob --key` writes it.
 *
 * @param path Of the object; names it and its signature in errors.
 * @throws TraceeError `OBJECT_UNSIGNED`: no signature of that form, the object was changed, or another key.
 */
export function verifySignature(
  object: Uint8Array,
  signature: Uint8Array,
  path: string,
  { keys, path: keyPath }: PublicKeys,
): void {
  const der = decodeSignature(signature, path);
  if (keys.some((key) => verify('sha256', object, { key, dsaEncoding: 'der' }, der))) return;
  const change = describeChange(object, path);
  if (change !== undefined) {
    throw unsigned(`${change}; no key in ${keyPath} has signed it as it is`, {
      hint: 'Copy the object again together with its signature, or build and sign it again',
    });
  }
  const named = keys.map(fingerprint).join(', ');
  throw unsigned(
    `${path} is as it was built, but ${signaturePath(path)} was not made for it by the key in ${keyPath} (${named})`,
    { hint: `Name the public key of whoever signed it, or sign it: ${signCommand(path)}` },
  );
}

/** What a refusal for want of a signature says. */
export function missingSignature(path: string, cause?: unknown): TraceeError {
  return unsigned(`${path} has no signature: ${signaturePath(path)} is not there, and one is required`, {
    hint: `Copy the signature along with the object, or sign it: ${signCommand(path)}`,
    cause,
  });
}

function decodeSignature(file: Uint8Array, path: string): Buffer {
  const text = Buffer.from(file)
    .toString('latin1')
    .replace(/\r?\n$/, '');
  const der = Buffer.from(text, 'base64');
  // Node decodes whatever it can: only what is spelled as it would spell it itself is base64.
  if (text !== '' && der.toString('base64') === text && isEcdsaSignature(der)) return der;
  const met = file.length === 0 ? 'is empty' : `(${file.length} bytes) is something else`;
  throw unsigned(
    `${signaturePath(path)} should hold one line, the base64 of an ECDSA signature, but ${met}`,
    { hint: `Copy it again, or sign the object again: ${signCommand(path)}` },
  );
}

/** DER: `30 length (02 length r) (02 length s)`, nothing before, between or after. */
function isEcdsaSignature(der: Buffer): boolean {
  const rLength = der[3] ?? 0;
  const sLength = der[5 + rLength] ?? 0;
  const isInteger = (at: number, length: number): boolean => der[at] === 0x02 && length >= 1 && length <= 33;
  return (
    der[0] === 0x30 &&
    der[1] === der.length - 2 &&
    isInteger(2, rLength) &&
    isInteger(4 + rLength, sLength) &&
    der.length === 6 + rLength + sLength
  );
}

/** Only to tell a changed object from a foreign key: the object is refused whatever it says of itself. */
function describeChange(object: Uint8Array, path: string): string | undefined {
  try {
    verifyDigest(object, readManifest(object, path), path);
    return undefined;
  } catch (error) {
    if (error instanceof TraceeError) return error.message;
    throw error;
  }
}

/**
 * The bytes of an object's signature.
 *
 * @throws TraceeError `OBJECT_UNSIGNED` where it is absent, and what {@link readTrustedFile} throws.
 */
export function readSignature(objectPath: string, trustedUids: readonly number[]): Uint8Array {
  try {
    const options = { what: 'signature', trustedUids, maxBytes: signatureLimit };
    return readTrustedFile(signaturePath(objectPath), options);
  } catch (error) {
    if (error instanceof TraceeError && isAbsence(error.cause)) throw missingSignature(objectPath, error);
    throw error;
  }
}

function isAbsence(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function signCommand(path: string): string {
  return `tracee-builder sign ${path} --key KEYFILE`;
}

function unsigned(message: string, options: { hint: string; cause?: unknown }): TraceeError {
  return new TraceeError('OBJECT_UNSIGNED', message, options);
}

function unusable(path: string, what: string, cause?: unknown): TraceeError {
  return new TraceeError('KEY_UNUSABLE', `${path} ${what}`, {
    hint: 'Name a PEM file with an ECDSA P-256 public key, as cosign public-key or tracee-builder keygen write it',
    cause,
  });
}
