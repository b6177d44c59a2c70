/** Something that is wrong with a file of rules, and where. */
export interface RuleProblem {
  readonly file: string;
  /** From 1; missing where the whole file is meant. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What mends it. */
  readonly hint?: string;
  /** The rule works, but not as its author may think. */
  readonly isWarning?: true;
}

/** `rules/web.yaml:12:3: there is no event "exec"`, then the hint on a line of its own. */
export function problemToText({ file, line, column, message, hint, isWarning }: RuleProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const head = `${place}: ${isWarning === true ? 'warning: ' : ''}${message}`;
  return hint === undefined ? head : `${head}\n  ${hint}`;
}
