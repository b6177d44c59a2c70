import { wireOfType } from '../../events/argument-types.js';
import { findEvent } from '../../events/catalogue/index.js';
import { numbersNamed } from '../../events/names.js';
import type { ArgumentValue, TracedEvent } from '../../events/record.js';
import type { ArgumentDefinition, EventDefinition } from '../../events/types.js';
import { nearest } from '../../text/nearest.js';
import { refused, type Expression } from './expression.js';
import { isIn, rangeOf, type NumberLimits } from './numbers.js';
import { textTest } from './text.js';

/** What one event must be like to be printed: its arguments, and what its call returned. */
export interface EventFilter {
  readonly event: EventDefinition;
  /** The expressions behind it. */
  readonly text: string;
  readonly passes: (event: TracedEvent) => boolean;
}

const int64: NumberLimits = { smallest: -(1n << 63n), largest: (1n << 63n) - 1n };
const any64: NumberLimits = { smallest: int64.smallest, largest: (1n << 64n) - 1n };

/** Joins expressions such as `openat.pathname=/etc/*`, `close.retval<0`, by event. Throws INVALID_FILTER. */
export function eventFilters(expressions: readonly Expression[]): EventFilter[] {
  const bySubject = new Map<string, Expression[]>();
  for (const one of expressions) bySubject.set(one.name, [...(bySubject.get(one.name) ?? []), one]);
  return [...bySubject.values()].map(filterOf);
}

function filterOf(expressions: readonly Expression[]): EventFilter {
  const [first] = expressions;
  const [eventName = '', subject = ''] = first?.name.split('.') ?? [];
  const text = first?.text ?? '';
  const whole = expressions.map((one) => one.text).join(' and ');
  const event = findEvent(eventName);
  if (event === undefined)
    throw refused(text, `names no event: there is no ${eventName}`, 'tracee trace --list names all events');
  if (subject === 'retval') {
    const range = rangeOf(expressions, int64);
    return { event, text: whole, passes: ({ returnValue }) => isIn(range, BigInt(returnValue)) };
  }
  const argument = event.arguments.find(({ name }) => name === subject);
  if (argument === undefined)
    throw refused(text, `names no argument of ${eventName}`, hintFor(event, subject));
  const test = argumentTest(argument, expressions);
  return {
    event,
    text: whole,
    passes: ({ arguments: list }) => {
      const value = list.find(({ definition }) => definition === argument)?.value;
      // What could not be read is not what was asked for.
      return value !== undefined && test(value);
    },
  };
}

function hintFor({ name, arguments: list }: EventDefinition, subject: string): string {
  const names = ['retval', ...list.map((one) => one.name)];
  const near = nearest(subject, names);
  return near === undefined ? `it has ${names.join(', ')}` : `did you mean ${name}.${near}?`;
}

function argumentTest(
  argument: ArgumentDefinition,
  expressions: readonly Expression[],
): (value: ArgumentValue) => boolean {
  const wire = wireOfType[argument.type];
  if (wire === 'string' || wire === 'strings' || wire === 'address' || wire === 'bytes') {
    const ordered = expressions.find(({ operator }) => operator !== '=' && operator !== '!=');
    if (ordered !== undefined) throw refused(ordered.text, `compares with a text`, 'texts take = and !=');
    const test = textTest(expressions);
    return (value) =>
      Array.isArray(value) ? test(`[${value.join(' ')}]`) || value.some(test) : test(String(value));
  }
  const range = rangeOf(
    expressions.map((one) => withNumbers(one, argument)),
    any64,
  );
  return (value) => isIn(range, BigInt(value as string | number | bigint));
}

/** Names of the argument's values become the numbers that they stand for. */
function withNumbers(expression: Expression, { vocabulary }: ArgumentDefinition): Expression {
  if (vocabulary === undefined) return expression;
  const values = expression.values.flatMap((value) => {
    const numbers = numbersNamed(vocabulary, value.text);
    return numbers.length === 0 ? [value] : numbers.map((number) => ({ ...value, text: String(number) }));
  });
  return { ...expression, values };
}
