import { Command } from 'commander';
import { fingerprint } from 'tracee/artifact';
import { readSigner, type Signer } from '../signing/private-key.js';
import { signObject } from '../signing/sign.js';
import { passphraseOf } from './passphrase.js';
import { readObject } from './read-object.js';
import { print, say } from './report.js';

/** `sign FILE --key KEYFILE`: the signature that a runtime with `TRACEE_BPF_PUBKEY` wants to see. */
export function signCommand(): Command {
  return new Command('sign')
    .description('sign objects: writes <file>.sig, as cosign sign-blob does')
    .argument('<files...>', 'the objects')
    .requiredOption('--key <file>', 'private key (PEM); its passphrase is taken from TRACEE_KEY_PASSWORD')
    .action(async (files: string[], flags: { key: string }) => {
      const signer = openSigner(flags.key, process.env);
      for (const file of files) print(await signObject(readObject(file), file, signer));
    });
}

/** Reads the key, and says what is to be said of it. */
export function openSigner(path: string, env: NodeJS.ProcessEnv): Signer {
  const signer = readSigner(path, passphraseOf(env));
  if (signer.warning !== undefined) say(`warning: ${signer.warning}`);
  say(`signing with the key ${signer.publicKeys.keys.map(fingerprint).join('')} of ${path}`);
  return signer;
}
