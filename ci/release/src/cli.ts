#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TraceeError } from '../../../runtime/dist/errors.js';
import { passphraseOf } from '../../../builder/dist/cli/passphrase.js';
import { ReleaseError } from './notes.js';
import { makeRelease } from './release.js';

/* `make release`. Variables: OUT_DIR (dist), SOURCE_DATE_EPOCH (the last commit), RELEASE_KEY and its passphrase. */

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const { OUT_DIR: directory = 'dist', SOURCE_DATE_EPOCH: epoch, RELEASE_KEY: key } = process.env;

function lastCommit(): string {
  return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
}

try {
  await makeRelease({
    root,
    output: join(directory, 'release'),
    epochSeconds: Number(epoch === undefined || epoch === '' ? lastCommit() : epoch),
    ...(key !== undefined && key !== '' && { key: { path: key, passphrase: passphraseOf(process.env) } }),
    onFile: (path) => process.stdout.write(`${path}\n`),
  });
} catch (error) {
  if (!(error instanceof ReleaseError) && !(error instanceof TraceeError)) throw error;
  process.stderr.write(`release: ${error.message}\n`);
  process.exitCode = 1;
}
