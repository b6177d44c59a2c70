#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { errorTable } from 'tracee/errors';
import { report, writeMistake } from './report.js';

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

/* Only what is asked for is loaded: many builders start at once, and each would read what checks in a VM need. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  build: async () => (await import('./build-command.js')).buildCommand('build', stopping.signal),
  ensure: async () => (await import('./build-command.js')).buildCommand('ensure', stopping.signal),
  inspect: async () => (await import('./inspect-command.js')).inspectCommand(),
  sign: async () => (await import('./sign-command.js')).signCommand(),
  keygen: async () => (await import('./keygen-command.js')).keygenCommand(),
  verify: async () => (await import('./verify-command.js')).verifyCommand(),
  capsule: async () => (await import('./capsule-command.js')).capsuleCommand(stopping.signal),
  list: async () => (await import('./list-command.js')).listCommand(),
  gc: async () => (await import('./gc-command.js')).gcCommand(),
  check: async () => (await import('./check-command.js')).checkCommand(stopping.signal),
  provide: async () => (await import('./provide-command.js')).provideCommand(stopping.signal),
  doctor: async () => (await import('./doctor-command.js')).doctorCommand(),
};

const [name = ''] = process.argv.slice(2);
const wanted = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('tracee-builder')
  .version(`Tracee version ${version}`, '-v, --version')
  .description('Builds the BPF object for a kernel. Needs no privileges.')
  .addHelpText(
    'after',
    `
Environment: KERN_RELEASE, KERN_HEADERS (or KERN_BLD_PATH and KERN_SRC_PATH), VERSION or RELEASE_TAG,
CLANG, LLC, LLVM_STRIP, LLVM_OBJCOPY (each a program or its directory), TRACEE_KEY_PASSWORD or
COSIGN_PASSWORD (passphrase of a private key), TRACEE_BPF_PUBKEY (public key), DOCKER_HOST, DOCKER_TLS_VERIFY,
DOCKER_CERT_PATH, DOCKER_BASE, DOCKER_NETWORK
Status: 0 done, 1 failed, 2 bad usage, 3 not a usable object, 5 kernel not supported, 6 toolchain or headers missing or unusable`,
  );
for (const load of wanted) if (load !== undefined) program.addCommand(await load());
for (const command of [program, ...program.commands]) {
  command.exitOverride().configureOutput({ writeErr: writeMistake });
}

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
