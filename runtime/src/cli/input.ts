import { TraceeError } from '../errors.js';

const help = 'an input is file:PATH or file:stdin, and format:json';

/** Where events are read from: a path, or `stdin`. Throws USAGE for what `--input-tracee` cannot be. */
export function parseInput(options: readonly string[]): string {
  let file: string | undefined;
  for (const option of options) {
    const { key, value } = /^(?<key>[^:]+):(?<value>.+)$/s.exec(option)?.groups ?? {};
    if (key === undefined || value === undefined) throw usage(`"${option}" is no input`);
    if (key === 'file') {
      if (file !== undefined) throw usage(`there are two inputs: ${file} and ${value}`);
      file = value;
    } else if (key === 'format') {
      requireJson(value);
    } else {
      throw usage(`"${key}" is nothing that an input has`);
    }
  }
  if (file !== undefined) return file;
  if (process.stdin.isTTY) throw usage('there is no input: stdin is a terminal');
  return 'stdin';
}

function requireJson(format: string): void {
  if (format.toLowerCase() === 'json') return;
  if (format.toLowerCase() === 'gob') {
    throw new TraceeError('USAGE', "gob, Go's own format, cannot be read", {
      hint: 'let the producer write JSON: --output json',
    });
  }
  throw usage(`"${format}" is no format of events`);
}

function usage(message: string): TraceeError {
  return new TraceeError('USAGE', message, { hint: help });
}
