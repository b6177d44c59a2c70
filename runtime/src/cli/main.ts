#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { errorTable } from '../errors.js';
import { versionOf } from './context.js';
import { addDetection } from './detect-command.js';
import { doctorCommand } from './doctor-command.js';
import { refuseMisplaced } from './flags.js';
import { report } from './report.js';
import { selftestCommand } from './selftest-command.js';
import { traceCommand } from './trace-command.js';

const program = addDetection(new Command('tracee'))
  .description('Detects suspicious behaviour on this host. Without a command it runs all rules.')
  .version(`Tracee version ${versionOf(process.env)}`, '-v, --version')
  .addCommand(traceCommand())
  .addCommand(doctorCommand())
  .addCommand(selftestCommand())
  .enablePositionalOptions()
  .hook('preSubcommand', refuseMisplaced)
  .showSuggestionAfterError(true)
  .addHelpText(
    'after',
    `
Examples:
  sudo tracee                                  detect, on the whole host, until Ctrl-C
  sudo tracee -- ./program                     detect, in one program and its children
  sudo tracee trace --trace event=execve       print every execve
  tracee --list                                the rules

Environment: TRACEE_BPF_FILE (object or directory), TRACEE_BPF_PUBKEY (require signatures), TRACEE_INSTALL_PATH,
TRACEE_TRUST_UID, NO_COLOR
Status: 0 done, 1 failed, 2 bad usage, 3 no usable object, 4 missing privileges, 5 kernel not supported`,
  );

for (const command of [program, ...program.commands]) command.exitOverride();

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  /* The reader of a pipe has gone (`tracee trace | head`): nobody is left to write for. */
  if (error.code === 'EPIPE') process.kill(process.pid, 'SIGTERM');
  else throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : errorTable.USAGE.status) : report(error);
}
