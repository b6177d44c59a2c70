import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { TraceeError } from 'tracee/errors';
import { sealCosignKey } from './cosign-key.js';

export interface KeyPairFiles {
  readonly privatePath: string;
  readonly publicPath: string;
  readonly publicKey: KeyObject;
}

const privateMode = 0o600;
const publicMode = 0o644;

/**
 * Makes a P-256 key pair as `<prefix>.key` and `<prefix>.pub`. With a passphrase the private key is in cosign's
 * own form, without one in plain PKCS#8.
 *
 * @throws TraceeError `PUBLISH_FAILED`; what is there already is never replaced.
 */
export async function writeKeyPair(prefix: string, passphrase: string | undefined): Promise<KeyPairFiles> {
  const [privatePath, publicPath] = [`${prefix}.key`, `${prefix}.pub`];
  for (const path of [privatePath, publicPath]) if (existsSync(path)) throw failure(path, 'EEXIST');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const privatePem =
    passphrase === undefined
      ? privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      : sealCosignKey(privateKey.export({ type: 'pkcs8', format: 'der' }), passphrase);
  await writeNew(privatePath, privatePem, privateMode);
  try {
    await writeNew(publicPath, publicKey.export({ type: 'spki', format: 'pem' }).toString(), publicMode);
  } catch (error) {
    await rm(privatePath);
    throw error;
  }
  return { privatePath, publicPath, publicKey };
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  let isMine = false;
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    isMine = true;
    try {
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (isMine) await rm(path, { force: true });
    throw failure(
      path,
      cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause),
      cause,
    );
  }
}

function failure(path: string, code: string, cause?: unknown): TraceeError {
  return code === 'EEXIST'
    ? new TraceeError('PUBLISH_FAILED', `${path} is there already, and keys are never replaced`, {
        hint: 'name another pair with --output, or move the old one away first',
        cause,
      })
    : new TraceeError('PUBLISH_FAILED', `${path} cannot be written: ${code}`, {
        hint: 'name another place with --output',
        cause,
      });
}
