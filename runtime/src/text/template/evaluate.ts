import { TemplateFailure, WrongValue } from './mistakes.js';
import type { Body, Command, Operand, Part, Pipeline, Template, TemplateFunction } from './tree.js';
import { formatValue } from './print.js';
import { entriesOf, isList, isMap, isTrue, kindOf, memberOf, typeName } from './values.js';

/** Rounds of loops and calls of templates, all together: far more than any event has members. */
const maxSteps = 100_000;
/** Templates that call themselves. */
const maxCalls = 100;
/** Characters: far more than any event has. */
const maxLength = 16 * 1024 * 1024;

/** One filling: what changes while it goes on. */
interface Frame {
  out: string;
  root: unknown;
  variables: unknown[];
  line: number;
  steps: number;
  calls: number;
}

/** How a part ended, which the `range` around wants to know. */
type Ending = 'done' | 'break' | 'continue';

type Run = (frame: Frame, dot: unknown) => Ending;
type Find = (frame: Frame, dot: unknown) => unknown;

/**
 * Makes of a template the function that fills it: closures, so that nothing is looked up again for each event. `show`
 * turns a value into text. Throws TemplateFailure, with the line, where a value is not what the template needs.
 */
export function makeFill(template: Template, show: (value: unknown) => string): (data: unknown) => string {
  const run = new Compiler(template, show).body(template.body);
  return (data) => {
    const frame = { out: '', root: data, variables: [], line: 1, steps: 0, calls: 0 };
    try {
      run(frame, data);
    } catch (error) {
      // Whatever it is, such as a list that holds itself: who fills templates goes on.
      throw new TemplateFailure(frame.line, error instanceof Error ? error.message : String(error), error);
    }
    return frame.out;
  };
}

class Compiler {
  readonly #template: Template;
  readonly #show: (value: unknown) => string;
  readonly #named = new Map<string, Run>();

  constructor(template: Template, show: (value: unknown) => string) {
    this.#template = template;
    this.#show = show;
  }

  /** A body has variables of its own. */
  body({ parts, variableCount }: Body): Run {
    const run = this.#parts(parts);
    return (frame, dot) => {
      const { root, variables } = frame;
      frame.root = dot;
      if (variableCount > 0) frame.variables = Array.from({ length: variableCount });
      run(frame, dot);
      frame.root = root;
      frame.variables = variables;
      return 'done';
    };
  }

  #parts(parts: readonly Part[]): Run {
    const runs = parts.map((part) => this.#part(part));
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) return only;
    return (frame, dot) => {
      for (const run of runs) {
        const ending = run(frame, dot);
        if (ending !== 'done') return ending;
      }
      return 'done';
    };
  }

  #part(part: Part): Run {
    switch (part.kind) {
      case 'text':
        return writing(part.text);
      case 'value':
        return this.#value(part.pipeline);
      case 'if':
      case 'with':
        return this.#condition(part);
      case 'range':
        return this.#range(part);
      case 'template':
        return this.#call(part);
      case 'break':
      case 'continue':
        return () => part.kind;
    }
  }

  #value(pipeline: Pipeline): Run {
    const own = literalOf(pipeline);
    if (own !== undefined) return writing(own);
    const find = findPipeline(pipeline);
    const { line } = pipeline;
    if (pipeline.variables.length > 0) {
      return (frame, dot) => {
        frame.line = line;
        find(frame, dot);
        return 'done';
      };
    }
    const show = this.#show;
    return (frame, dot) => {
      frame.line = line;
      frame.out += show(find(frame, dot));
      checkLength(frame);
      return 'done';
    };
  }

  #condition({ kind, pipeline, body, otherwise }: Part & { kind: 'if' | 'with' | 'range' }): Run {
    const find = findPipeline(pipeline);
    const run = this.#parts(body);
    const runOtherwise = this.#parts(otherwise);
    const { line } = pipeline;
    return (frame, dot) => {
      frame.line = line;
      const value = find(frame, dot);
      if (!isTrue(value)) return runOtherwise(frame, dot);
      return run(frame, kind === 'with' ? value : dot);
    };
  }

  #range({ pipeline, body, otherwise }: Part & { kind: 'if' | 'with' | 'range' }): Run {
    const find = findPipeline(pipeline);
    const run = this.#parts(body);
    const runOtherwise = this.#parts(otherwise);
    const { line, variables } = pipeline;
    const slots = variables.map(({ slot }) => slot ?? 0);
    const [first = 0, second] = slots;
    return (frame, dot) => {
      frame.line = line;
      let isEmpty = true;
      for (const [index, element] of roundsOf(find(frame, dot), slots.length)) {
        isEmpty = false;
        frame.line = line;
        countStep(frame);
        if (second !== undefined) {
          frame.variables[first] = index;
          frame.variables[second] = element;
        } else if (slots.length === 1) frame.variables[first] = element;
        if (run(frame, element) === 'break') break;
      }
      return isEmpty ? runOtherwise(frame, dot) : 'done';
    };
  }

  #call({ name, pipeline, line }: Part & { kind: 'template' }): Run {
    const find = pipeline === undefined ? () => undefined : findPipeline(pipeline);
    return (frame, dot) => {
      frame.line = line;
      const value = find(frame, dot);
      countStep(frame);
      if (frame.calls >= maxCalls) {
        throw new WrongValue(`templates call each other more than ${maxCalls} times, one within the other`);
      }
      frame.calls += 1;
      this.#runOf(name)(frame, value);
      frame.calls -= 1;
      return 'done';
    };
  }

  /** Made when it is first called: templates may call themselves. */
  #runOf(name: string): Run {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const body = this.#template.named.get(name);
    if (body === undefined) throw new Error(`the parser has let template ${name} through`);
    const run = this.body(body);
    this.#named.set(name, run);
    return run;
  }
}

/** A literal alone is text of the template, as what stands around braces: nobody else has a say in it. */
function literalOf({ commands, variables }: Pipeline): string | undefined {
  const [only, more] = commands;
  if (only?.first.kind !== 'literal' || more !== undefined || variables.length > 0) return undefined;
  return formatValue(only.first.value);
}

function writing(text: string): Run {
  return (frame) => {
    frame.out += text;
    checkLength(frame);
    return 'done';
  };
}

function checkLength({ out }: Frame): void {
  if (out.length > maxLength) throw new WrongValue(`the template makes more than ${maxLength} characters`);
}

function countStep(frame: Frame): void {
  frame.steps += 1;
  if (frame.steps > maxSteps) throw new WrongValue(`the template has more than ${maxSteps} rounds of loops`);
}

/** Index and element of each round. */
function* roundsOf(value: unknown, variableCount: number): Iterable<readonly [unknown, unknown]> {
  if (isList(value)) {
    for (let index = 0; index < value.length; index += 1) yield [index, value[index]];
  } else if (isMap(value)) yield* entriesOf(value);
  else if (kindOf(value) === 'int') {
    if (variableCount > 1) throw new WrongValue('range over a number has one variable');
    for (let index = 0; index < Number(value); index += 1) yield [undefined, index];
  } else if (kindOf(value) !== 'nil')
    throw new WrongValue(`range cannot go through a value of type ${typeName(value)}`);
}

function findPipeline({ commands, variables }: Pipeline): Find {
  let find: Find | undefined;
  for (const command of commands) find = findCommand(command, find);
  if (find === undefined) throw new Error('the parser has let an empty pipeline through');
  const result = find;
  const [variable] = variables;
  // Those of range are set in each round.
  if (variable === undefined || variables.length > 1) return result;
  const { slot = 0 } = variable;
  return (frame, dot) => (frame.variables[slot] = result(frame, dot));
}

function findCommand({ first, others }: Command, piped: Find | undefined): Find {
  if (first.kind !== 'call') return findOperand(first);
  const values = others.map(findOperand);
  const { endsWith } = first.function;
  if (endsWith !== undefined) return findFirst(values, piped, endsWith);
  return findCall(first.function, piped === undefined ? values : [...values, piped]);
}

function findOperand(operand: Operand): Find {
  switch (operand.kind) {
    case 'literal':
      return () => operand.value;
    case 'dot':
      return findMembers((_frame, dot) => dot, operand.path);
    case 'variable':
      return findMembers(findVariable(operand.variable.slot), operand.path);
    case 'call':
      return findCall(operand.function, []);
    case 'pipeline':
      return findPipeline(operand.pipeline);
    case 'members':
      return findMembers(findOperand(operand.of), operand.path);
  }
}

function findVariable(slot: number | undefined): Find {
  return slot === undefined ? (frame) => frame.root : (frame) => frame.variables[slot];
}

function findMembers(find: Find, path: readonly string[]): Find {
  const [first, ...others] = path;
  if (first === undefined) return find;
  if (others.length === 0) return (frame, dot) => memberOf(find(frame, dot), first);
  return (frame, dot) => path.reduce((value: unknown, name) => memberOf(value, name), find(frame, dot));
}

function findCall({ call }: TemplateFunction, values: readonly Find[]): Find {
  const [first, second] = values;
  if (first === undefined) return () => call();
  if (second === undefined) return (frame, dot) => call(first(frame, dot));
  if (values.length === 2) return (frame, dot) => call(first(frame, dot), second(frame, dot));
  return (frame, dot) => call(...values.map((find) => find(frame, dot)));
}

/** The first value that is as true as `endsWith` says, or the last. What comes from before a bar is there already. */
function findFirst(values: readonly Find[], piped: Find | undefined, endsWith: boolean): Find {
  return (frame, dot) => {
    const last = piped?.(frame, dot);
    let value: unknown;
    for (const find of values) {
      value = find(frame, dot);
      if (isTrue(value) === endsWith) return value;
    }
    return piped === undefined ? value : last;
  };
}
