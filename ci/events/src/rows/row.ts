/** What an argument must be: the value as JSON has it, a pattern for a text, or a question. `null`: it is not there. */
export type Expected =
  number | string | boolean | null | readonly string[] | RegExp | ((value: unknown) => boolean);

/** Where a row was performed. */
export interface Scene {
  /** Of the row's first process, as it sees itself. */
  readonly pid: number;
  /** The row's own directory, in which it began; empty then. */
  readonly directory: string;
}

type Expectations = Readonly<Record<string, Expected>>;

/** One way to cause an event, and what the event must say. */
export interface EventRow {
  readonly event: string;
  /** What is done, in a clause that tells it from the event's other rows: `a file is removed`. */
  readonly act: string;
  /**
   * For `/bin/sh`, in an empty directory. `$ACTS` is where programs of `test/acts` are. It ends with 0 when the act
   * has happened, with 77 when it is impossible here.
   */
  readonly script: string;
  /** Arguments; others may have any value. */
  readonly expects: Expectations | ((scene: Scene) => Expectations);
  /** What differs where no function can be hooked, and only the call that leads there is seen when it returns. */
  readonly expectsOfCall?: Expectations;
  /** 0 where it is missing. */
  readonly returnValue?: Expected;
  /** Whose event it is: that of the row's first process where it is missing. */
  readonly process?: 'child';
  /** The name of that process; where it is missing, the program that the script becomes by `exec $ACTS/NAME`, or `sh`. */
  readonly comm?: string;
  /** Any thread of the process can have done it, one of the kernel's own for io_uring too. */
  readonly isOfThread?: true;
  /** It is seen in functions alone: where they cannot be hooked, no system call tells of it. */
  readonly isUnseenInCalls?: true;
  /** Its user id, 0 where it is missing. */
  readonly user?: number;
  /** It changes the machine, so that it is done in virtual machines only. */
  readonly isForVm?: true;
  /** What is done is done once for all rows of this script. */
  readonly isShared?: true;
  /** What is done must not cause the event with these arguments. */
  readonly isQuiet?: true;
}
