import type { ASTNode } from '@marcbachmann/cel-js';
import type { EventSelector, Match, Rule, Sight } from '../detection/rule.js';
import { catalogue, findEvent } from '../events/catalogue/index.js';
import { describeValue } from '../events/names.js';
import type { ArgumentValue, TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import { nearest } from '../text/nearest.js';
import { compile, type Expression } from './cel/compile.js';
import { argumentValueOf } from './cel/context.js';
import { ExpressionError } from './cel/mistakes.js';
import { selectorFor } from './cel/selector.js';
import { compileTemplate, type Template } from './cel/template.js';
import type { RuleProblem } from './problem.js';
import type { RuleDocument, SightDocument } from './schema.js';
import type { Path, YamlDocument } from './yaml.js';

/** What a sight makes of one of its events. */
interface Look {
  readonly conditions: readonly Expression[];
  readonly selector: EventSelector;
  readonly summary: Template;
  readonly facts: readonly Template[] | undefined;
  readonly key: Template | undefined;
  readonly data: readonly (readonly [name: string, value: Expression])[];
}

/** Makes a rule of a document, or says what is wrong with it; all of it, not only the first thing. */
export function makeYamlRule(
  rule: RuleDocument,
  document: YamlDocument,
  sightPath: (index: number) => Path,
): { rule: Rule } | { problems: readonly RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const sights = rule.sights.map((sight, index) =>
    makeSight(sight, new Reporter(document, sightPath(index), problems)),
  );
  for (const [index, { id }] of rule.sights.entries()) {
    if (rule.sights.findIndex((one) => one.id === id) < index) {
      problems.push(document.problem([...sightPath(index), 'id'], `the sight "${id}" is there twice`));
    }
  }
  const { sights: _sights, exceptions: _exceptions, examples: _examples, ...metadata } = rule;
  return problems.length > 0 ? { problems } : { rule: { metadata, sights } };
}

/** Gathers problems of one sight. */
class Reporter {
  readonly #document: YamlDocument;
  readonly #path: Path;
  readonly #problems: RuleProblem[];

  constructor(document: YamlDocument, path: Path, problems: RuleProblem[]) {
    this.#document = document;
    this.#path = path;
    this.#problems = problems;
  }

  report(path: Path, message: string, hint?: string): void {
    this.#problems.push(this.#document.problem([...this.#path, ...path], message, hint));
  }

  /** What `make` gives; undefined, and a problem, where it finds a mistake in the expression at `path`. */
  try<T>(path: Path, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const whole = [...this.#path, ...path];
      const problem = this.#document.problem(whole, error.message, error.hint, error.offset);
      // One mistake in what several events share is one mistake.
      const isKnown = this.#problems.some(
        (one) =>
          one.line === problem.line && one.column === problem.column && one.message === problem.message,
      );
      if (!isKnown) this.#problems.push(problem);
      return undefined;
    }
  }
}

function makeSight(sight: SightDocument, reporter: Reporter): Sight {
  const looks = new Map<string, Look>();
  for (const [index, { event, condition }] of sight.events.entries()) {
    const definition = findEvent(event);
    if (definition === undefined) {
      const near = nearest(
        event,
        catalogue.map(({ name }) => name),
      );
      reporter.report(
        ['events', index],
        `there is no event "${event}"`,
        near === undefined ? 'tracee trace --list names all events' : `did you mean ${near}?`,
      );
    } else if (looks.has(event)) {
      reporter.report(
        ['events', index],
        `the event "${event}" is there twice`,
        'join their conditions with ||',
      );
    } else {
      looks.set(event, makeLook(sight, definition, { index, condition }, reporter));
    }
  }
  return {
    id: sight.id,
    description: sight.description,
    ways: [{ events: [...looks.values()].map(({ selector }) => selector) }],
    ...(sight.signal ? { isSignal: true } : {}),
    detect: (event) => {
      const look = looks.get(event.definition.name);
      return look === undefined ? undefined : detect(look, event);
    },
  };
}

function makeLook(
  sight: SightDocument,
  definition: EventDefinition,
  own: { index: number; condition: string | undefined },
  reporter: Reporter,
): Look {
  const conditions = [
    { path: ['condition'], text: sight.condition },
    { path: ['events', own.index, 'condition'], text: own.condition },
  ].flatMap(({ path, text }) => {
    if (text === undefined) return [];
    return reporter.try(path, () => compile(text, definition, 'bool')) ?? [];
  });
  const template = (path: Path, text: string): Template =>
    reporter.try(path, () => compileTemplate(text, definition)) ?? (() => '');
  return {
    conditions,
    selector: selectorFor(
      definition,
      conditions.map(({ ast }): ASTNode => ast),
    ),
    summary: template(['summary'], sight.summary),
    facts: sight.facts?.map((text, index) => template(['facts', index], text)),
    key: sight.key === undefined ? undefined : template(['key'], sight.key),
    data: Object.entries(sight.data ?? {}).flatMap(([name, text]) => {
      const value = reporter.try(['data', name], () => compile(text, definition));
      return value === undefined ? [] : [[name, value] as const];
    }),
  };
}

function detect(look: Look, event: TracedEvent): Match | undefined {
  if (!look.conditions.every((condition) => condition.evaluate(event) === true)) return undefined;
  return {
    summary: look.summary(event),
    facts: look.facts?.map((fact) => fact(event)) ?? [describeEvent(event)],
    ...(look.key === undefined ? {} : { key: look.key(event) }),
    data: Object.fromEntries(
      look.data.flatMap(([name, value]): [string, ArgumentValue][] => {
        const result = value.evaluate(event);
        return result === undefined ? [] : [[name, argumentValueOf(result)]];
      }),
    ),
  };
}

/** `ptrace(request: PTRACE_TRACEME, pid: 0) = 0` */
function describeEvent(event: TracedEvent): string {
  const args = event.arguments.map((argument) => {
    const value = describeValue(argument, event);
    return `${argument.definition.name}: ${Array.isArray(value) ? `[${value.join(' ')}]` : String(value)}`;
  });
  const result = event.definition.syscall === undefined ? '' : ` = ${event.returnValue}`;
  return `${event.definition.name}(${args.join(', ')})${result}`;
}
