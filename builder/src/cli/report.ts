import { TraceeError } from 'tracee/errors';

/** Messages to people: stderr. */
export function say(text: string): void {
  process.stderr.write(`tracee-builder: ${text}\n`);
}

/** Data: stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints an error and gives the status to end with. A bug shows its stack, a user's mistake its mend. */
export function report(error: unknown): number {
  if (!(error instanceof TraceeError)) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
  say(error.message);
  if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
  return error.status;
}
