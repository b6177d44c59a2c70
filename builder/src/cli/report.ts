import { TraceeError } from 'tracee/errors';
import { escapeJson, escapeLines, escapeText } from 'tracee/escape';

/** Messages to people: stderr. Names in them cannot make a terminal obey, or forge a message. */
export function say(text: string): void {
  process.stderr.write(`tracee-builder: ${escapeLines(text)}\n`);
}

/** What commander says of a command line, whose words may be anything. */
export function writeMistake(text: string): void {
  process.stderr.write(`${escapeLines(text.trimEnd())}\n`);
}

/** Data: stdout, as it is: a path is for programs too. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Data for people: lines that are ours, with names in them that are not. */
export function printLines(lines: readonly string[]): void {
  print(lines.map(escapeText).join('\n'));
}

/** One line of JSON. */
export function printJson(value: unknown): void {
  print(escapeJson(JSON.stringify(value)));
}

/** Prints an error and gives the status to end with. A bug shows its stack, a user's mistake its mend. */
export function report(error: unknown): number {
  if (!(error instanceof TraceeError)) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
  say(error.message);
  if (error.hint !== undefined) process.stderr.write(`  ${escapeText(error.hint)}\n`);
  return error.status;
}
