/**
 * What can go wrong around a VM. The message says what failed with the value met, the hint is the command
 * or setting that mends it. The harness is no part of the product, hence not its error table.
 */
export class VmError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'VmError';
    this.hint = hint;
  }
}
