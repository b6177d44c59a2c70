import { type Command, CommanderError } from 'commander';
import { errorTable, TraceeError } from '../errors.js';
import { serveAsInit } from './init.js';
import { isOutputLeft, report, writeMistake } from './report.js';

/** Runs a program to its end, and sets the status to end with. */
export async function runProgram(program: Command): Promise<void> {
  if (process.pid === 1) serveAsInit();
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeErr: writeMistake });
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    /* The reader of a pipe has gone (`tracee trace | head`): nobody is left to write for. */
    if (error.code === 'EPIPE') process.kill(process.pid, 'SIGTERM');
    else process.exit(report(unwritable(error)));
  });
  // What fails in a timer, such as a write of what waited, ends the program as what fails elsewhere does.
  process.once('uncaughtException', (error) => process.exit(report(error)));
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError ? (error.exitCode === 0 ? 0 : errorTable.USAGE.status) : report(error);
  }
  if (isOutputLeft()) process.exit();
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Wherever it was met: what is printed next would be missing without a word. */
function unwritable(cause: Error): TraceeError {
  return new TraceeError('RUN_FAILED', `stdout cannot be written: ${cause.message}`, {
    hint: 'free some room where it goes, or send it elsewhere',
    cause,
  });
}
