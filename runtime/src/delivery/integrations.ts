import { readTrustedFile } from '../artifact/index.js';
import { TraceeError } from '../errors.js';
import { checkConfig } from './config/check.js';
import type { OutputDefinition } from './config/settings.js';
import { isTrue, listOf } from './config/value.js';
import { parseConfig, type Problem } from './config/yaml.js';
import { priorities, type Priority } from './payload.js';

/** One output of falcosidekick that the file switches on. */
export interface Output {
  /** As in the file: `slack`, `aws.sqs`. */
  readonly key: string;
  /** As in falcosidekick's line "Enabled Outputs": `Slack`. */
  readonly name: string;
  /** How it is known what became of a finding there. */
  readonly tells: Tells;
  readonly minimumPriority: Priority | undefined;
}

export type Tells =
  /** The counter `outputs_total` with this label `destination`; `copies` of each finding are sent. */
  | {
      readonly by: 'counter';
      readonly destination: string;
      readonly counts: OutputDefinition['counts'];
      readonly copies: number;
    }
  /** A line of the log for each delivery. */
  | { readonly by: 'log' }
  /** It does not. */
  | { readonly by: 'nothing' };

/** Where falcosidekick listens. */
export interface Listen {
  /** `127.0.0.1` where the file says nothing; falcosidekick itself would take every address. */
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Serves the paths of `notlspaths` without TLS, where TLS is on and there are any. */
  readonly clearPort: number | undefined;
}

/** A file of integrations that was checked. */
export interface Integrations {
  readonly path: string;
  /** The checked bytes: falcosidekick gets a private copy of these, not the path. */
  readonly text: string;
  /** In no order: falcosidekick's line is to be compared as a set. Empty for `prometheus` alone. */
  readonly outputs: readonly Output[];
  readonly listen: Listen;
}

const maxFileBytes = 256 * 1024;
/** More than these are not told at once. */
const maxProblems = 20;
const defaultPort = 2801;
const defaultClearPort = 2810;

/**
 * Reads and checks the file of integrations, which is falcosidekick's own configuration. Falcosidekick ignores
 * what it does not understand, or says so in a line and goes on without any output: here that is an error.
 *
 * The file is the only source: variables of the environment that falcosidekick reads too (`SLACK_WEBHOOKURL`)
 * are kept from it. Nor can a file beside this one take its place, as falcosidekick would prefer `NAME.json` and
 * `NAME.toml` to `NAME.yaml`: it reads a copy, which lies alone in a directory of its own.
 *
 * @throws TraceeError `INTEGRATIONS_INVALID` with every problem as `path:line:column`, and without the value of
 * any setting that may be a secret; `INTEGRATIONS_UNTRUSTED`; `INTEGRATIONS_UNREADABLE`.
 */
export function readIntegrations(
  path: string,
  { trustedUids }: { readonly trustedUids: readonly number[] },
): Integrations {
  const text = decode(readBytes(path, trustedUids), path);
  const document = parseConfig(text);
  if (!('value' in document)) throw invalid(path, document);
  const { values, enabled, problems } = checkConfig(document);
  if (problems.length > 0) throw invalid(path, problems);
  return {
    path,
    text,
    outputs: enabled.map((output) => describeOutput(output, values)),
    listen: listenOf(values),
  };
}

/** Whether an output gets findings of this priority. */
export function wantsPayload({ minimumPriority }: Output, priority: Priority): boolean {
  if (minimumPriority === undefined) return true;
  return priorities.indexOf(priority) >= priorities.indexOf(minimumPriority);
}

function readBytes(path: string, trustedUids: readonly number[]): Uint8Array {
  try {
    return readTrustedFile(path, { what: 'file of integrations', trustedUids, maxBytes: maxFileBytes });
  } catch (error) {
    if (!(error instanceof TraceeError)) throw error;
    const code = codes[error.code] ?? 'INTEGRATIONS_UNREADABLE';
    throw new TraceeError(code, error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

const codes: Readonly<Record<string, 'INTEGRATIONS_UNTRUSTED' | 'INTEGRATIONS_INVALID'>> = {
  OBJECT_UNTRUSTED: 'INTEGRATIONS_UNTRUSTED',
  OBJECT_INVALID: 'INTEGRATIONS_INVALID',
};

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TraceeError('INTEGRATIONS_INVALID', `${path} is not text in UTF-8`, {
      hint: `Save it in UTF-8: file ${path}`,
      cause: error,
    });
  }
}

function invalid(path: string, problems: readonly Problem[]): TraceeError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const told = sorted
    .slice(0, maxProblems)
    .map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const rest = sorted.length - told.length;
  return new TraceeError(
    'INTEGRATIONS_INVALID',
    [...told, ...(rest > 0 ? [`${path}: and ${rest} more`] : [])].join('\n'),
    { hint: 'Correct the file: docs/integrations.md has examples of each output' },
  );
}

function describeOutput(definition: OutputDefinition, values: ReadonlyMap<string, unknown>): Output {
  const { key, name } = definition;
  const minimum = values.get(`${key}.minimumpriority`);
  const word = typeof minimum === 'string' ? minimum.toLowerCase() : '';
  return {
    key,
    name,
    tells: describeTells(definition, values),
    minimumPriority: priorities.find((priority) => priority.toLowerCase() === word),
  };
}

function describeTells(
  { key, settings, destination, counts, isLogged }: OutputDefinition,
  values: ReadonlyMap<string, unknown>,
): Tells {
  if (destination === undefined) return { by: isLogged === true ? 'log' : 'nothing' };
  const copies = settings['hostport'] === 'webs' ? listOf(values.get(`${key}.hostport`)).length : 1;
  return { by: 'counter', destination, counts, copies };
}

function listenOf(values: ReadonlyMap<string, unknown>): Listen {
  const address = values.get('listenaddress');
  const isTls = isTrue(values.get('tlsserver.deploy'));
  const hasPaths = listOf(values.get('tlsserver.notlspaths')).length > 0;
  return {
    address: typeof address === 'string' && address !== '' ? address : '127.0.0.1',
    port: Number(values.get('listenport') ?? defaultPort) || defaultPort,
    isTls,
    clearPort:
      isTls && hasPaths
        ? Number(values.get('tlsserver.notlsport') ?? defaultClearPort) || defaultClearPort
        : undefined,
  };
}
