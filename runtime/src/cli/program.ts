import { type Command, CommanderError } from 'commander';
import { errorTable } from '../errors.js';
import { serveAsInit } from './init.js';
import { report, writeMistake } from './report.js';

/** Runs a program to its end, and sets the status to end with. */
export async function runProgram(program: Command): Promise<void> {
  if (process.pid === 1) serveAsInit();
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeErr: writeMistake });
  }
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
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
