import type { ExceptionEntry } from '../detection/exception.js';
import type { Rule } from '../detection/rule.js';
import { findEvent } from '../events/catalogue/index.js';
import type { TracedEvent } from '../events/record.js';
import { nearest } from '../text/nearest.js';
import { compile, type Expression } from './cel/compile.js';
import { ExpressionError } from './cel/mistakes.js';
import type { UserException } from './exception.js';
import type { RuleProblem } from './problem.js';
import type { ExceptionDocument } from './schema.js';
import type { Path, YamlDocument } from './yaml.js';

/** Exceptions as they stand in a file, to be understood once all rules are known. */
export interface StatedException {
  readonly document: YamlDocument;
  readonly path: Path;
  readonly stated: ExceptionDocument;
  /** The rule that they stand in. */
  readonly owner?: string;
}

/** Without any of these an exception rests on names, which any program can take. */
const identities = ['executable', 'owner', 'uid', 'data', 'condition'] as const;

/** Exceptions whose rules and sights exist and whose conditions can be understood, and what is wrong else. */
export function makeExceptions(
  stated: readonly StatedException[],
  rules: readonly Rule[],
): { exceptions: UserException[]; problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const exceptions = stated.flatMap((one) => makeException(one, rules, problems) ?? []);
  return { exceptions, problems };
}

function makeException(
  { document, path, stated, owner }: StatedException,
  rules: readonly Rule[],
  problems: RuleProblem[],
): UserException | undefined {
  const report = (key: string, message: string, hint?: string, offset?: number): undefined => {
    problems.push(document.problem([...path, key], message, hint, offset));
  };
  const id = stated.rule ?? owner;
  if (id === undefined) return report('rule', '"rule" is missing: which rule is it an exception of?');
  if (owner !== undefined && id !== owner) {
    return report('rule', `an exception within ${owner} cannot be one of ${id}`, 'put it in exceptions.yaml');
  }
  const rule = rules.find(({ metadata }) => metadata.id === id);
  if (rule === undefined) {
    return report(
      'rule',
      `there is no rule "${id}"`,
      suggest(
        id,
        rules.map(({ metadata }) => metadata.id),
      ),
    );
  }
  const sights = rule.sights.map((sight) => sight.id);
  if (stated.sight !== undefined && !sights.includes(stated.sight)) {
    return report('sight', `${id} has no sight "${stated.sight}"`, suggest(stated.sight, sights));
  }
  const { rule: _rule, sight: _sight, reason: _reason, condition, ...narrowing } = stated;
  if (Object.keys(narrowing).length === 0 && condition === undefined) {
    return report(
      'rule',
      `nothing narrows this exception of ${id}`,
      'name at least executable, uid or a condition; --rules leaves a rule out as a whole',
    );
  }
  if (identities.every((key) => stated[key] === undefined)) {
    problems.push({
      ...document.problem(path, 'any program can take these names', 'add executable, uid or a condition'),
      isWarning: true,
    });
  }
  const test = condition === undefined ? undefined : compileFor(condition, rule, stated.sight, report);
  if (condition !== undefined && test === undefined) return undefined;
  const { condition: _text, reason, ...fields } = stated;
  return {
    entry: withoutUndefined({ ...fields, rule: id }),
    ...(reason === undefined ? {} : { reason }),
    ...(test === undefined ? {} : { condition: test }),
  };
}

type Report = (key: string, message: string, hint?: string, offset?: number) => undefined;

/** Understood for each event of the rule that has what it names; for none, the mistake is told. */
function compileFor(
  condition: string,
  rule: Rule,
  sightId: string | undefined,
  report: Report,
): ((event: TracedEvent) => boolean) | undefined {
  const expressions = new Map<string, Expression>();
  let mistake: ExpressionError | undefined;
  const sights = rule.sights.filter(({ id }) => sightId === undefined || id === sightId);
  const events = sights.flatMap(({ ways }) => ways.flatMap((way) => way.events.map(({ event }) => event)));
  for (const definition of [...new Set(events)].flatMap((event) => findEvent(event) ?? [])) {
    try {
      expressions.set(definition.name, compile(condition, definition, 'bool'));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      mistake ??= error;
    }
  }
  if (expressions.size === 0 && mistake !== undefined) {
    return report('condition', mistake.message, mistake.hint, mistake.offset);
  }
  return (event) => expressions.get(event.definition.name)?.evaluate(event) === true;
}

function suggest(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
}

/** Optional properties that are undefined become absent. */
function withoutUndefined(
  entry: { [Key in keyof ExceptionEntry]: ExceptionEntry[Key] | undefined } & { rule: string },
): ExceptionEntry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as unknown as ExceptionEntry;
}
