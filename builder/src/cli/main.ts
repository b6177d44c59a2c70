#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { errorTable } from 'tracee/errors';
import { buildCommand } from './build-command.js';
import { capsuleCommand } from './capsule-command.js';
import { doctorCommand } from './doctor-command.js';
import { checkCommand } from './check-command.js';
import { gcCommand } from './gc-command.js';
import { inspectCommand } from './inspect-command.js';
import { keygenCommand } from './keygen-command.js';
import { listCommand } from './list-command.js';
import { report } from './report.js';
import { signCommand } from './sign-command.js';
import { verifyCommand } from './verify-command.js';

/** Conventional statuses of programs ended by a signal: 128 + its number. */
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

const stopping = new AbortController();
let signalStatus: number | undefined;
for (const [name, status] of Object.entries(signals)) {
  process.on(name, () => {
    signalStatus = status;
    stopping.abort();
  });
}

const program = new Command('tracee-builder')
  .description('Builds the BPF object for a kernel. Needs no privileges.')
  .addCommand(buildCommand('build', stopping.signal))
  .addCommand(buildCommand('ensure', stopping.signal))
  .addCommand(inspectCommand())
  .addCommand(signCommand())
  .addCommand(keygenCommand())
  .addCommand(verifyCommand())
  .addCommand(capsuleCommand(stopping.signal))
  .addCommand(listCommand())
  .addCommand(gcCommand())
  .addCommand(checkCommand(stopping.signal))
  .addCommand(doctorCommand())
  .addHelpText(
    'after',
    `
Environment: KERN_RELEASE, KERN_HEADERS (or KERN_BLD_PATH and KERN_SRC_PATH), VERSION or RELEASE_TAG,
CLANG, LLC, LLVM_STRIP, LLVM_OBJCOPY (each a program or its directory), TRACEE_KEY_PASSWORD or
COSIGN_PASSWORD (passphrase of a private key), TRACEE_BPF_PUBKEY (public key), DOCKER_HOST, DOCKER_TLS_VERIFY,
DOCKER_CERT_PATH, DOCKER_BASE, DOCKER_NETWORK
Status: 0 done, 1 failed, 2 bad usage, 3 not a usable object, 5 kernel not supported, 6 toolchain or headers missing or unusable`,
  );
for (const command of [program, ...program.commands]) command.exitOverride();

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has gone (`inspect FILE | head`): nobody is left to write for.
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (signalStatus !== undefined) process.exitCode = signalStatus;
  else if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : errorTable.USAGE.status;
  else process.exitCode = report(error);
}
