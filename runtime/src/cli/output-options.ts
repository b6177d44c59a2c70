import { TraceeError } from '../errors.js';
import { orderWindowMs } from '../output/event-order.js';
import { nearest } from '../text/nearest.js';

/** How events are printed; `template` names a file. */
export type EventFormat = 'table' | 'table-verbose' | 'json' | 'none' | { readonly template: string };

const formats = {
  table: 'a line for each event',
  'table-verbose': 'and namespaces, container, parent, ids of the host',
  json: 'a JSON object for each event, one a line',
  'gotemplate=/path': "what a template of Go's form makes of each; no line end is added",
  none: 'no events: counts and errors alone',
} as const;

const options = {
  raw: 'numbers as they are, instead of their names',
  'parse-arguments': 'names instead of numbers: what is done anyhow',
  'relative-time': 'times since tracing began; in JSON as relativeTime, beside the others',
  'wall-time': 'times by the clock on the wall, in UTC; in JSON as wallTime, beside the others',
  'stack-addresses': 'where the process was: stackAddresses, and in JSON stack, with files and functions',
  'exec-hash': 'in JSON: sha256 and ctime of the program of each sched_process_exec',
  'exec-env': 'the environment of execve and execveat',
  'detect-syscall': 'the call that asked for a capability or credentials: it is told anyhow',
  'sort-events': `in the order of their times: each waits ${orderWindowMs} ms for those before it`,
} as const;

type OptionName = keyof typeof options;

/** What `--output` asks for. */
export interface OutputOptions {
  readonly format: EventFormat;
  /** Undefined for stdout. */
  readonly outFile: string | undefined;
  /** Undefined for stderr. */
  readonly errFile: string | undefined;
  readonly has: (option: OptionName) => boolean;
}

/**
 * Parses `--output`, each `KEY:VALUE` or a format alone. Throws USAGE for what it cannot be, with the choices.
 */
export function parseOutput(words: readonly string[]): OutputOptions {
  let format: EventFormat | undefined;
  const files = new Map<string, string>();
  const chosen = new Set<string>();
  for (const word of words) {
    const colon = word.indexOf(':');
    const key = colon < 0 || /^(?:go)?template=/.test(word) ? 'format' : word.slice(0, colon);
    const value = key === 'format' && !word.startsWith('format:') ? word : word.slice(colon + 1);
    if (key === 'format') {
      const parsed = parseFormat(value, word);
      if (format !== undefined && !isSame(format, parsed)) throw refused(word, 'is a second format');
      format = parsed;
    } else if (key === 'out-file' || key === 'err-file') {
      if (value === '') throw refused(word, 'names no file');
      if (files.has(key)) throw refused(word, `is a second ${key}`);
      files.set(key, value);
    } else if (key === 'option') {
      chosen.add(parseOption(value, word));
    } else {
      throw refused(
        word,
        'is nothing that output has',
        choices('it has', ['format', 'out-file', 'err-file', 'option'], key),
      );
    }
  }
  const [outFile, errFile] = [files.get('out-file'), files.get('err-file')];
  if (outFile !== undefined && outFile === errFile)
    throw refused(`err-file:${errFile}`, 'is where events go');
  if (chosen.has('raw') && chosen.has('parse-arguments')) {
    throw refused('option:parse-arguments', 'contradicts option:raw', 'give one of them');
  }
  if (chosen.has('relative-time') && chosen.has('wall-time')) {
    throw refused('option:wall-time', 'contradicts option:relative-time', 'give one of them');
  }
  return { format: format ?? 'table', outFile, errFile, has: (option) => chosen.has(option) };
}

function parseFormat(value: string, word: string): EventFormat {
  const template = /^(?:go)?template=(?<path>.+)$/s.exec(value)?.groups?.['path'];
  if (template !== undefined) return { template };
  if (value === 'table' || value === 'table-verbose' || value === 'json' || value === 'none') return value;
  if (value === 'gob') throw refused(word, "is Go's own format, which nothing else reads", 'use json');
  throw refused(word, 'is no format', choices('formats are', Object.keys(formats), value));
}

function parseOption(value: string, word: string): OptionName {
  const names = Object.keys(options) as OptionName[];
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw refused(word, 'is no option', choices('options are', names, value));
}

function isSame(one: EventFormat, other: EventFormat): boolean {
  return typeof one === 'object' && typeof other === 'object'
    ? one.template === other.template
    : one === other;
}

function choices(what: string, names: readonly string[], met: string): string {
  const near = nearest(met, names);
  return near === undefined
    ? `${what} ${names.join(', ')}`
    : `did you mean ${near}? ${what} ${names.join(', ')}`;
}

function refused(word: string, problem: string, hint = 'see --output help'): TraceeError {
  return new TraceeError('USAGE', `--output ${word} ${problem}`, { hint });
}

const listed = (names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .map(([name, meaning]) => `  ${name.padEnd(22)}${meaning}`)
    .join('\n');

/** What `--output help` prints. */
export const outputHelp = `How events are printed, and where. Give --output once for each.

Formats, with or without format: before them (without any: table)
${listed(formats)}

Files
  out-file:/path        events go there instead of to stdout
  err-file:/path        messages go there instead of to stderr
Directories above them are made. A file that is there is replaced; a symbolic link is refused.

Options, each as option:NAME
${listed(options)}

Counts and messages go to stderr, whatever the format. docs/usage.md has the keys of JSON and what templates can do.`;
