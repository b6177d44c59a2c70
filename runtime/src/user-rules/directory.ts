import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { readTrustedFile } from '../artifact/index.js';
import { TraceeError } from '../errors.js';
import type { RuleProblem } from './problem.js';

/** A file of rules, read once and checked: nobody but root and the user who runs Tracee can have written it. */
export interface RuleFile {
  /** As the user knows it. */
  readonly path: string;
  /** Without symbolic links. */
  readonly realPath: string;
  readonly kind: 'yaml' | 'module';
  readonly text: string;
}

export interface RuleFiles {
  readonly files: readonly RuleFile[];
  readonly problems: readonly RuleProblem[];
}

const kinds: Readonly<Record<string, RuleFile['kind']>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.mjs': 'module',
  '.js': 'module',
};

/** Far above what a person writes. */
const maxBytes = 1024 * 1024;
const maxFiles = 1000;

/**
 * Reads the rule files of a directory, or one file. Names that begin with a dot are left alone; those that
 * begin with `_` are checked and not read as rules, so that modules can share code. Throws RULES_UNREADABLE
 * where there is no such directory or file; what is wrong with a single file is a problem.
 */
export function readRuleFiles(path: string, trustedUids: readonly number[]): RuleFiles {
  const { directory, names } = listNames(path);
  const results = names.flatMap((name) => readRuleFile(directory, name, trustedUids));
  return {
    files: results.filter((one): one is RuleFile => 'kind' in one),
    problems: results.filter((one): one is RuleProblem => 'message' in one),
  };
}

function listNames(path: string): { directory: string; names: string[] } {
  try {
    if (statSync(path).isFile()) return { directory: dirname(path), names: [relative(dirname(path), path)] };
    const names = readdirSync(path)
      .filter((name) => !name.startsWith('.') && extname(name) in kinds)
      .toSorted();
    if (names.length > maxFiles) throw new Error(`it has ${names.length} files, ${maxFiles} are the limit`);
    return { directory: path, names };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TraceeError('RULES_UNREADABLE', `rules cannot be read from ${path}: ${reason}`, {
      hint: 'name a directory of rules, or one file',
      cause,
    });
  }
}

function readRuleFile(
  directory: string,
  name: string,
  trustedUids: readonly number[],
): (RuleFile | RuleProblem)[] {
  const path = join(directory, name);
  const kind = kinds[extname(name)];
  if (kind === undefined) {
    return [{ file: path, message: 'it is no rule file', hint: 'rules are .yaml, .yml, .mjs or .js' }];
  }
  try {
    const realPath = realpathSync(path);
    if (leadsOut(realpathSync(directory), realPath)) {
      return [
        {
          file: path,
          message: `it leads out of the directory, to ${realPath}`,
          hint: 'put the file itself there',
        },
      ];
    }
    const bytes = readTrustedFile(realPath, { what: 'rule file', trustedUids, maxBytes });
    if (name.startsWith('_')) return [];
    return [{ path, realPath, kind, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }];
  } catch (error) {
    return [describeRefusal(path, error)];
  }
}

function leadsOut(directory: string, path: string): boolean {
  return relative(directory, path).split('/')[0] === '..';
}

function describeRefusal(file: string, error: unknown): RuleProblem {
  if (error instanceof TraceeError) {
    return { file, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  if (error instanceof TypeError) return { file, message: 'it is no UTF-8' };
  return { file, message: error instanceof Error ? error.message : String(error) };
}
