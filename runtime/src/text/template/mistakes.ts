/** A mistake in a template and the line on which it stands, from 1. */
export class TemplateMistake extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'TemplateMistake';
    this.line = line;
  }
}

/** A template could not be filled with these values: what stands on this line is the reason. */
export class TemplateFailure extends Error {
  readonly line: number;

  constructor(line: number, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TemplateFailure';
    this.line = line;
  }
}

/** What a function says of values that it cannot use; who fills the template knows the line. */
export class WrongValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongValue';
  }
}
