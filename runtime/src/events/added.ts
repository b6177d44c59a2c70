/** One place on the stack of a process, as far as it can be told. */
export interface StackFrame {
  readonly address: bigint;
  /** The mapped file and the offset in it; missing for memory of no file, as of a compiler at run time. */
  readonly file?: string;
  readonly offset?: bigint;
  /** `main+0x1f` */
  readonly symbol?: string;
}

/** What is known of a program file that was started. */
export interface FileHash {
  /** SHA-256, hexadecimal; undefined while it is being made, and where it cannot be had. */
  readonly sha256: string | undefined;
  /** When the file was changed last, its name and permissions included: nanoseconds since 1970. */
  readonly ctime: bigint;
  readonly isSettled: boolean;
}
