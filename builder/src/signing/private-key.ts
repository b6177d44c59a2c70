import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { describeKind, isP256, type PublicKeys } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { isCosignLabel, openCosignKey } from './cosign-key.js';

/** What signs objects. */
export interface Signer {
  readonly privateKey: KeyObject;
  /** Its public half, as the runtime takes it. */
  readonly publicKeys: PublicKeys;
  /** Set where users other than the owner can read the key. */
  readonly warning: string | undefined;
}

const pemBlock = /-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----([^-]*(?:-(?!----)[^-]*)*)-----END \1-----/;

/**
 * Reads a P-256 private key from a PEM file: PKCS#8, PKCS#8 with a passphrase, SEC1, or cosign's own form.
 *
 * @throws TraceeError `KEY_UNUSABLE`, naming what the file holds instead.
 */
export function readSigner(path: string, passphrase: string | undefined): Signer {
  const [, label, body] = pemBlock.exec(readPem(path)) ?? [];
  if (label === undefined || body === undefined) {
    throw unusable(path, 'has no PEM block with a private key', makeKey);
  }
  const privateKey = isCosignLabel(label)
    ? openSealed(path, body, passphrase)
    : openPem(path, label, body, passphrase);
  if (!isP256(privateKey))
    throw unusable(path, `has a key of another kind: ${describeKind(privateKey)}`, makeKey);
  return {
    privateKey,
    publicKeys: { path, keys: [createPublicKey(privateKey)] },
    warning: warnOfMode(path),
  };
}

const makeKey = 'Name a PEM file with an ECDSA P-256 private key; tracee-builder keygen makes one';
const namePassphrase = 'set TRACEE_KEY_PASSWORD or COSIGN_PASSWORD to its passphrase';

function readPem(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw unusable(path, `cannot be read: ${code}`, makeKey, cause);
  }
}

function openSealed(path: string, body: string, passphrase: string | undefined): KeyObject {
  let pkcs8: Uint8Array | undefined;
  try {
    pkcs8 = openCosignKey(body, passphrase ?? '');
  } catch (cause) {
    throw unusable(path, "is damaged: cosign's block cannot be read", makeKey, cause);
  }
  if (pkcs8 === undefined) throw wrongPassphrase(path, passphrase);
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

function openPem(path: string, label: string, body: string, passphrase: string | undefined): KeyObject {
  const isEncrypted = label.startsWith('ENCRYPTED') || body.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined) throw wrongPassphrase(path, undefined);
  const key = `-----BEGIN ${label}-----${body}-----END ${label}-----\n`;
  try {
    return createPrivateKey({ key, format: 'pem', ...(isEncrypted ? { passphrase: passphrase ?? '' } : {}) });
  } catch (cause) {
    if (isEncrypted) throw wrongPassphrase(path, passphrase, cause);
    throw unusable(path, 'has a private key that cannot be read', makeKey, cause);
  }
}

function wrongPassphrase(path: string, passphrase: string | undefined, cause?: unknown): TraceeError {
  const met = passphrase === undefined ? 'needs a passphrase' : 'cannot be opened with the passphrase given';
  return unusable(path, met, namePassphrase, cause);
}

function warnOfMode(path: string): string | undefined {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return undefined;
  return `private key ${path} has mode ${mode.toString(8).padStart(4, '0')}: others than its owner can use it (chmod 600 ${path})`;
}

function unusable(path: string, what: string, hint: string, cause?: unknown): TraceeError {
  return new TraceeError('KEY_UNUSABLE', `private key ${path} ${what}`, { hint, cause });
}
