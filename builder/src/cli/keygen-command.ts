import { Command } from 'commander';
import { fingerprint } from 'tracee/artifact';
import { writeKeyPair } from '../signing/key-pair.js';
import { passphraseOf } from './passphrase.js';
import { print, say } from './report.js';

/** `keygen`: a pair of keys, the private one for `sign`, the public one for `TRACEE_BPF_PUBKEY`. */
export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make a pair of keys for signing objects; nothing is ever overwritten')
    .option('--output <prefix>', 'the keys become <prefix>.key and <prefix>.pub', 'tracee')
    .action(async ({ output }: { output: string }) => {
      const passphrase = passphraseOf(process.env);
      const { privatePath, publicPath, publicKey } = await writeKeyPair(output, passphrase);
      if (passphrase === undefined) {
        say(`warning: ${privatePath} has no passphrase: whoever can read it can sign (TRACEE_KEY_PASSWORD)`);
      }
      say(`key ${fingerprint(publicKey)}: sign with ${privatePath}, give ${publicPath} to TRACEE_BPF_PUBKEY`);
      print(publicPath);
    });
}
