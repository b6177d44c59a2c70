import type { Body, Operand, Part, Pipeline, Template, Variable } from './tree.js';

/** Members that a template walks from the whole of what it is filled with. */
export interface TemplatePath {
  readonly path: readonly string[];
  readonly line: number;
}

/** Where something stands within the whole; undefined where nobody can know before it is filled. */
type Place = readonly string[] | undefined;

/** Templates that call each other with ever longer paths are not followed further. */
const maxLooked = 256;

/**
 * Paths from the beginning, for whoever knows what is there: those of `$` and of the dot, through `with`, through
 * variables that are never changed, and through templates that are given the whole or a part of it.
 */
export function pathsFromRoot(template: Template): TemplatePath[] {
  const search = new PathSearch(template);
  search.body(template.body, []);
  return search.found;
}

class PathSearch {
  readonly found: TemplatePath[] = [];
  readonly #template: Template;
  readonly #places = new Map<Variable, Place>();
  /** Named templates and what they were given: a template that calls itself is looked at once. */
  readonly #looked = new Set<string>();
  #root: Place = [];

  constructor(template: Template) {
    this.#template = template;
  }

  body(body: Body, place: Place): void {
    const outer = this.#root;
    this.#root = place;
    this.#parts(body.parts, place);
    this.#root = outer;
  }

  #parts(parts: readonly Part[], dot: Place): void {
    for (const part of parts) {
      if (part.kind === 'value') this.#pipeline(part.pipeline, dot);
      else if (part.kind === 'template') this.#call(part, dot);
      else if (part.kind === 'if' || part.kind === 'with' || part.kind === 'range') this.#block(part, dot);
    }
  }

  #block(part: Part & { kind: 'if' | 'with' | 'range' }, dot: Place): void {
    const value = this.#pipeline(part.pipeline, dot);
    if (part.kind === 'range') for (const variable of part.pipeline.variables) this.#places.delete(variable);
    const within = { if: dot, with: value, range: undefined }[part.kind];
    this.#parts(part.body, within);
    this.#parts(part.otherwise, dot);
  }

  #call({ name, pipeline }: Part & { kind: 'template' }, dot: Place): void {
    const place = pipeline === undefined ? undefined : this.#pipeline(pipeline, dot);
    const body = this.#template.named.get(name);
    const key = JSON.stringify([name, place ?? null]);
    if (body === undefined || this.#looked.has(key) || this.#looked.size >= maxLooked) return;
    this.#looked.add(key);
    this.body(body, place);
  }

  #pipeline({ commands, variables, line }: Pipeline, dot: Place): Place {
    let place: Place;
    for (const { first, others } of commands) {
      place = this.#operand(first, dot, line);
      for (const operand of others) this.#operand(operand, dot, line);
    }
    for (const variable of variables) {
      if (!variable.isAssigned) this.#places.set(variable, place);
    }
    return place;
  }

  #operand(operand: Operand, dot: Place, line: number): Place {
    switch (operand.kind) {
      case 'dot':
        return this.#walk(dot, operand.path, line);
      case 'variable':
        return this.#walk(this.#placeOf(operand.variable), operand.path, line);
      case 'members':
        return this.#walk(this.#operand(operand.of, dot, line), operand.path, line);
      case 'pipeline':
        return this.#pipeline(operand.pipeline, dot);
      case 'literal':
      case 'call':
        return undefined;
    }
  }

  #placeOf(variable: Variable): Place {
    return variable.slot === undefined ? this.#root : this.#places.get(variable);
  }

  #walk(from: Place, members: readonly string[], line: number): Place {
    if (from === undefined) return undefined;
    const path = [...from, ...members];
    if (members.length > 0) this.found.push({ path, line });
    return path;
  }
}
