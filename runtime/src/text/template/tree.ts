/** A function that templates may call, with so many arguments. A value from before a bar is the last of them. */
export interface TemplateFunction {
  readonly call: (...values: readonly unknown[]) => unknown;
  readonly least: number;
  /** Infinity where there may be any number. */
  readonly most: number;
  /** `and` and `or` look at no more arguments than they need: they end with the first that is so. */
  readonly endsWith?: boolean;
}

export type Functions = Readonly<Record<string, TemplateFunction>>;

/** `$x`, where it is declared: each declaration has a place of its own. */
export interface Variable {
  readonly name: string;
  /** Its place among those of its body; `$` has none. */
  readonly slot: number | undefined;
  /** Nobody can know what it is then. */
  isAssigned: boolean;
}

/** What stands for a value; `path` are the members to walk from there. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'dot'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly variable: Variable; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly function: TemplateFunction }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
  | { readonly kind: 'members'; readonly of: Operand; readonly path: readonly string[] };

/** `printf "%s" .X`: what is called, or is the value, and what it is given. */
export interface Command {
  readonly first: Operand;
  readonly others: readonly Operand[];
}

/** `$x := .A | upper`. */
export interface Pipeline {
  readonly commands: readonly Command[];
  /** For `range` two may stand here, the index first. */
  readonly variables: readonly Variable[];
  readonly line: number;
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    }
  | {
      readonly kind: 'template';
      readonly name: string;
      readonly pipeline: Pipeline | undefined;
      readonly line: number;
    }
  | { readonly kind: 'break' | 'continue' };

/** What one template consists of: the whole, or what `define` and `block` name. */
export interface Body {
  readonly parts: readonly Part[];
  readonly variableCount: number;
}

export interface Template {
  readonly body: Body;
  readonly named: ReadonlyMap<string, Body>;
}
