import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readManifest, signaturePath, verifyDigest, verifySignature } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { publish } from '../store/publish.js';
import type { Signer } from './private-key.js';

/** What `<object>.sig` holds: base64 of a DER ECDSA signature over the SHA-256 of the bytes. */
export function signBytes(bytes: Uint8Array, { privateKey }: Signer): Uint8Array {
  return Buffer.from(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' }).toString('base64'));
}

/**
 * Signs an object that is there. Returns the path of the signature.
 *
 * @throws TraceeError `OBJECT_INVALID` where it is not as it was built: that would vouch for a damaged file;
 * `PUBLISH_FAILED`.
 */
export async function signObject(bytes: Uint8Array, path: string, signer: Signer): Promise<string> {
  verifyDigest(bytes, readManifest(bytes, path), path);
  try {
    return await publish(signBytes(bytes, signer), dirname(path), basename(signaturePath(path)));
  } catch (error) {
    if (!(error instanceof TraceeError)) throw error;
    throw new TraceeError(error.code, error.message, {
      hint: `The signature stands beside its object: ${dirname(path)} must be writable and have room`,
      cause: error,
    });
  }
}

/** Whether an object that is there has a signature of this key. */
export function isSignedBy(signer: Signer, bytes: Uint8Array, path: string): boolean {
  try {
    verifySignature(bytes, readFileSync(signaturePath(path)), path, signer.publicKeys);
    return true;
  } catch {
    // Absent, unreadable or of another key: it is signed anew.
    return false;
  }
}
