import type { Container } from '../../events/container.js';
import { containerFacts } from '../../events/scope-layout.js';
import { refused, type Expression, type Value } from './expression.js';
import type { ProcessFilter } from './process-filter.js';
import { fits, patternOf } from './text.js';

/** What expressions say of the container of a process. */
export interface ContainerFilter {
  /** For the kernel, which knows of containers what the runtime has told it. */
  readonly filters: readonly ProcessFilter[];
  /** Some filter asks whether a container is new. */
  readonly asksForAge: boolean;
  /** Values after `=`, and after `!=`: what a container is called, or its id begins with. */
  readonly chosen: readonly Value[];
  readonly excluded: readonly Value[];
}

const { inside, fresh, chosen, excluded } = containerFacts;

/** Fewer digits than these are a name, and no beginning of an id. */
const minIdDigits = 4;

/**
 * Joins `container`, `!container`, `container=new`, `container=NAME` and `container=ID`; `since` is when tracing begins,
 * in nanoseconds since boot. Throws INVALID_FILTER.
 */
export function containerFilter(
  expressions: readonly Expression[],
  since: bigint,
): ContainerFilter | undefined {
  if (expressions.length === 0) return undefined;
  const ordered = expressions.find(
    ({ operator }) => operator === '<' || operator === '>' || (operator?.length === 2 && operator !== '!='),
  );
  if (ordered !== undefined) throw refused(ordered.text, 'compares containers', 'container takes = and !=');
  const alone = expressions.filter(({ operator }) => operator === undefined);
  const aged = expressions.filter(isAge);
  const mixed = aged.find(({ values }) => values.length > 1);
  if (mixed !== undefined)
    throw refused(
      mixed.text,
      'says more than whether a container is new',
      'container=new, or container!=new',
    );
  const named = expressions.filter((one) => one.operator !== undefined && !isAge(one));
  const valuesOf = (wanted: string): Value[] =>
    named.filter(({ operator }) => operator === wanted).flatMap(({ values }) => values);
  const filter = (text: string, looked: number, wanted: number): ProcessFilter => ({
    field: 'container',
    operator: 'facts',
    values: [
      [BigInt(looked), BigInt(wanted)],
      [since, 0n],
    ],
    text,
  });
  const textOf = (wanted: string): string =>
    named
      .filter(({ operator }) => operator === wanted)
      .map(({ text }) => text)
      .join(' and ');
  return {
    filters: [
      ...alone.map(({ text, isNegated }) => filter(text, inside, isNegated ? 0 : inside)),
      ...aged.map(({ text, operator }) =>
        filter(text, inside | fresh, operator === '=' ? inside | fresh : inside),
      ),
      ...(valuesOf('=').length === 0 ? [] : [filter(textOf('='), chosen, chosen)]),
      ...(valuesOf('!=').length === 0 ? [] : [filter(textOf('!='), excluded, 0)]),
    ],
    asksForAge: aged.length > 0,
    chosen: valuesOf('='),
    excluded: valuesOf('!='),
  };
}

/** Whether a container is one of those; undefined while its engine may still say so. */
export function isNamed({ id, name, isSettled }: Container, values: readonly Value[]): boolean | undefined {
  if (values.some((value) => isId(value, id))) return true;
  if (name !== undefined && values.some((value) => fits(patternOf(value), name))) return true;
  return isSettled ? false : undefined;
}

function isId({ text, isQuoted }: Value, id: string): boolean {
  return !isQuoted && text.length >= minIdDigits && id.startsWith(text);
}

function isAge({ values }: Expression): boolean {
  return values.some(({ text, isQuoted }) => text === 'new' && !isQuoted);
}
