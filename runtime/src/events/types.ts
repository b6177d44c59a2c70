/**
 * How an argument travels in a record: in an 8-byte slot, as a number or as a reference to bytes in the
 * record's data area.
 *
 * - `i32`, `u32`, `i64`, `u64`: the number itself.
 * - `pointer`: an address.
 * - `string`: one string without its NUL.
 * - `strings`: NUL-terminated strings one after the other.
 */
export type Wire = 'i32' | 'u32' | 'i64' | 'u64' | 'pointer' | 'string' | 'strings';

/** C types that events declare (the original's words) and how each one travels. */
export const wireOfType = {
  int: 'i32',
  pid_t: 'i32',
  'unsigned int': 'u32',
  dev_t: 'u32',
  mode_t: 'u32',
  long: 'i64',
  'unsigned long': 'u64',
  size_t: 'u64',
  bool: 'u32',
  'void*': 'pointer',
  'const char*': 'string',
  'const char*const*': 'strings',
} as const satisfies Record<string, Wire>;

export type ArgumentType = keyof typeof wireOfType;

/** Names a table that turns a number into what people call it; see `names.ts`. */
export type Vocabulary = 'ptraceRequest' | 'openFlags' | 'execveatFlags';

/** One argument of an event, in catalogue order. */
export interface ArgumentDefinition {
  readonly name: string;
  readonly type: ArgumentType;
  readonly vocabulary?: Vocabulary;
  /** Captured only on request, because it is large or private (`envp`). */
  readonly onRequest?: true;
}

/**
 * Where an event's arguments were read. `kernel`: the kernel's own copies, which the traced program cannot
 * change any more. `user`: the program's memory, which another of its threads may have changed since.
 */
export type ArgumentSource = 'kernel' | 'user';

/** One event of the catalogue. */
export interface EventDefinition {
  /** Stable number: the x86-64 syscall number, or 1000 and up. */
  readonly id: number;
  readonly name: string;
  readonly sets: readonly string[];
  readonly arguments: readonly ArgumentDefinition[];
  readonly source: ArgumentSource;
  readonly syscall?: SyscallDefinition;
  /** For events that are no syscalls: what serves them. */
  readonly hooks?: HookDefinition;
}

/** Numbers of a syscall and the kernel functions behind it. */
export interface SyscallDefinition {
  readonly x86_64: number;
  readonly i386: number;
  readonly arm64: number;
  /** Of 32-bit programs on arm64. */
  readonly arm: number;
  /** 32-bit callers enter through a `compat` function of its own. */
  readonly hasCompatEntry?: true;
  /**
   * The caller's memory is replaced when the call succeeds (`execve`), so arguments are read on entry and
   * kept until the call returns.
   */
  readonly isReadOnEntry?: true;
}

/** What a kernel must offer for an event that is no syscall. */
export type HookDefinition =
  | { readonly kind: 'tracepoint'; readonly tracepoint: string }
  | { readonly kind: 'function'; readonly function: string; readonly lsm: string };
