import type { Rule } from '../detection/rule.js';
import { readRuleFiles, type RuleFile } from './directory.js';
import { ExampleError, makeExample, type Example } from './example.js';
import type { UserException } from './exception.js';
import { makeExceptions, type StatedException } from './exceptions.js';
import { loadModuleRule } from './module-rule.js';
import type { RuleProblem } from './problem.js';
import { parseDocument, type RuleDocument } from './schema.js';
import { makeYamlRule } from './yaml-rule.js';
import { parseYaml, type YamlDocument } from './yaml.js';

export interface UserRule {
  readonly rule: Rule;
  readonly file: string;
  readonly examples: readonly Example[];
}

/** All that directories of rules hold. Where there are problems, what they are not about is there all the same. */
export interface UserRules {
  readonly rules: readonly UserRule[];
  readonly exceptions: readonly UserException[];
  readonly problems: readonly RuleProblem[];
}

export interface LoadOptions {
  /** Directories, or single files. */
  readonly paths: readonly string[];
  /** Rules that are there already: their ids are taken, and there can be exceptions of them. */
  readonly builtin: readonly Rule[];
  /** Owners of files that are trusted beside root and the running user. */
  readonly trustedUids?: readonly number[];
}

interface Gathered {
  readonly rules: UserRule[];
  readonly exceptions: StatedException[];
  readonly problems: RuleProblem[];
}

/** Throws RULES_UNREADABLE where a directory cannot be read at all. */
export async function loadUserRules({ paths, builtin, trustedUids = [] }: LoadOptions): Promise<UserRules> {
  const gathered: Gathered = { rules: [], exceptions: [], problems: [] };
  for (const path of paths) {
    const { files, problems } = readRuleFiles(path, trustedUids);
    gathered.problems.push(...problems);
    for (const file of files) {
      if (file.kind === 'yaml') takeYaml(file, gathered);
      else await takeModule(file, gathered);
    }
  }
  const rules = withoutTaken(gathered, builtin);
  const known = [...builtin, ...rules.map(({ rule }) => rule)];
  const { exceptions, problems } = makeExceptions(gathered.exceptions, known);
  return { rules, exceptions, problems: [...gathered.problems, ...problems] };
}

function takeYaml(file: RuleFile, gathered: Gathered): void {
  const { documents, problems } = parseYaml(file.text, file.path);
  gathered.problems.push(...problems);
  for (const document of documents) takeDocument(document, file.path, gathered);
}

function takeDocument(document: YamlDocument, file: string, { rules, exceptions, problems }: Gathered): void {
  const parsed = parseDocument(document);
  if (parsed.kind === 'problems') {
    problems.push(...parsed.problems);
    return;
  }
  const stated = parsed.kind === 'rule' ? parsed.rule.exceptions : parsed.exceptions;
  const owner = parsed.kind === 'rule' ? { owner: parsed.rule.id } : {};
  const ofDocument = stated.map((one, index) => ({
    document,
    path: ['exceptions', index],
    stated: one,
    ...owner,
  }));
  if (parsed.kind === 'exceptions') {
    exceptions.push(...ofDocument);
    return;
  }
  const made = makeYamlRule(parsed.rule, document, parsed.sightPath);
  const examples = makeExamples(parsed.rule, document, problems);
  if ('problems' in made) {
    problems.push(...made.problems);
  } else {
    rules.push({ rule: made.rule, file, examples });
    exceptions.push(...ofDocument);
  }
}

function makeExamples(rule: RuleDocument, document: YamlDocument, problems: RuleProblem[]): Example[] {
  return rule.examples.flatMap((stated, index) => {
    try {
      return [makeExample(stated)];
    } catch (error) {
      if (!(error instanceof ExampleError)) throw error;
      problems.push(document.problem(['examples', index, ...error.path], error.message, error.hint));
      return [];
    }
  });
}

async function takeModule(file: RuleFile, { rules, problems }: Gathered): Promise<void> {
  const loaded = await loadModuleRule(file);
  if ('problems' in loaded) problems.push(...loaded.problems);
  else rules.push({ ...loaded.rule, file: file.path });
}

/** A name must say which rule is meant, to people and to --rules. */
function withoutTaken({ rules, problems }: Gathered, builtin: readonly Rule[]): UserRule[] {
  const taken = new Map(
    builtin.flatMap(({ metadata }) =>
      [metadata.id, metadata.name].map((name) => [name.toLowerCase(), `the built-in rule ${metadata.id}`]),
    ),
  );
  return rules.filter(({ rule: { metadata }, file }) => {
    const clash = [metadata.id, metadata.name].find((name) => taken.has(name.toLowerCase()));
    if (clash !== undefined) {
      const owner = taken.get(clash.toLowerCase()) ?? '';
      problems.push({
        file,
        message: `"${clash}" is taken by ${owner}`,
        hint: 'give this rule another id and name',
      });
      return false;
    }
    for (const name of [metadata.id, metadata.name])
      taken.set(name.toLowerCase(), `${metadata.id} in ${file}`);
    return true;
  });
}
