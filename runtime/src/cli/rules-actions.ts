import type { EventSelector } from '../detection/rule.js';
import { escapeJson, escapeLines, escapeText } from '../output/escape.js';
import { builtinRules } from '../signatures/index.js';
import { runExample, type ExampleResult } from '../user-rules/example.js';
import { loadUserRules, type UserRule, type UserRules } from '../user-rules/load.js';
import { problemToText, type RuleProblem } from '../user-rules/problem.js';
import { trustedUidsOf } from './context.js';
import { print } from './report.js';
import type { RulesFlags } from './rules-command.js';

/** `tracee rules check`: problems, rules and what the kernel is asked for; status 1 where there is a mistake. */
export async function check(paths: string[], flags: RulesFlags): Promise<void> {
  const loaded = await load(paths);
  print(flags.json === true ? checkToJson(loaded) : checkToText(loaded));
  if (loaded.problems.some(isError)) process.exitCode = 1;
}

/** `tracee rules test`: runs the examples; status 1 where one fails. */
export async function test(paths: string[], flags: RulesFlags): Promise<void> {
  const loaded = await load(paths);
  const tested: Tested[] = [];
  for (const userRule of loaded.rules) {
    const { rule, examples } = userRule;
    const results = await Promise.all(
      examples.map((example) => runExample(rule, loaded.exceptions, example)),
    );
    tested.push({ userRule, results });
  }
  print(flags.json === true ? testToJson(tested, loaded.problems) : testToText(tested, loaded.problems));
  const isFailed = tested.some(({ results }) => results.some(({ isPassed }) => !isPassed));
  if (isFailed || loaded.problems.some(isError)) process.exitCode = 1;
}

function load(paths: readonly string[]): Promise<UserRules> {
  return loadUserRules({ paths, builtin: builtinRules, trustedUids: trustedUidsOf(process.env) });
}

function isError({ isWarning }: RuleProblem): boolean {
  return isWarning !== true;
}

function checkToText({ rules, exceptions, problems }: UserRules): string {
  return [
    ...problems.map(problemLines),
    ...rules.map(describeRule),
    [
      count(rules.length, 'rule'),
      count(exceptions.length, 'exception'),
      count(problems.filter(isError).length, 'problem'),
    ].join(', '),
  ].join('\n');
}

function problemLines(problem: RuleProblem): string {
  return escapeLines(problemToText(problem));
}

/** The rule, and for each sight the events that it is given and what is said of them declaratively. */
function describeRule({ rule: { metadata, sights }, file }: UserRule): string {
  const rows = sights.flatMap(({ id, ways, isSignal }) =>
    ways.map(
      ({ events }) =>
        `  ${id}${isSignal === true ? ' (signal)' : ''}: ${events.map(describeSelector).join('; ')}`,
    ),
  );
  return [`${metadata.id} ${metadata.name} (${metadata.severity}), ${file}`, ...rows]
    .map(escapeText)
    .join('\n');
}

/** `ptrace where request is 0 or 16` */
function describeSelector({ event, where, bits }: EventSelector): string {
  const said = [
    ...Object.entries(where ?? {}).map(([name, values]) => `${name} is ${values.map(String).join(' or ')}`),
    ...Object.entries(bits ?? {}).map(([name, mask]) => `${name} has a bit of ${mask}`),
  ];
  return said.length === 0 ? event : `${event} where ${said.join(' and ')}`;
}

function checkToJson({ rules, exceptions, problems }: UserRules): string {
  return toJson({
    rules: rules.map(({ rule: { metadata, sights }, file }) => ({
      ...{ id: metadata.id, name: metadata.name, severity: metadata.severity, file },
      sights: sights.map(({ id, isSignal, ways }) => ({ id, isSignal: isSignal === true, ways })),
    })),
    exceptions: exceptions.length,
    problems,
  });
}

interface Tested {
  readonly userRule: UserRule;
  readonly results: readonly ExampleResult[];
}

function testToText(tested: readonly Tested[], problems: readonly RuleProblem[]): string {
  const results = tested.flatMap((one) => one.results);
  const failed = results.filter(({ isPassed }) => !isPassed).length;
  return [
    ...problems.map(problemLines),
    ...tested.flatMap(({ userRule, results: own }) => {
      const { id } = userRule.rule.metadata;
      if (own.length === 0) return [`none  ${id}: it has no examples (${escapeText(userRule.file)})`];
      return own.map(({ example, isPassed, problem }) =>
        escapeText(
          `${isPassed ? 'ok  ' : 'FAIL'}  ${id}: ${example.title}${isPassed ? '' : `: ${problem ?? ''}`}`,
        ),
      );
    }),
    `${count(results.length, 'example')}, ${failed} failed, ${count(problems.filter(isError).length, 'problem')}`,
  ].join('\n');
}

function testToJson(tested: readonly Tested[], problems: readonly RuleProblem[]): string {
  return toJson({
    rules: tested.map(({ userRule, results }) => ({
      ...{ id: userRule.rule.metadata.id, file: userRule.file },
      examples: results.map(({ example, isPassed, problem }) => ({
        ...{ title: example.title, fires: example.fires, isPassed, problem },
      })),
    })),
    problems,
  });
}

function toJson(value: unknown): string {
  return escapeJson(
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)),
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
