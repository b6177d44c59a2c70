import type { ArgumentType } from './argument-types.js';
import type { Vocabulary } from './vocabulary/dependent.js';

export type { Vocabulary };

/**
 * How an argument travels in a record: in an 8-byte slot, as a number or as a reference to bytes in the
 * record's data area.
 *
 * - `i32`, `u32`, `i64`, `u64`: the number itself.
 * - `pointer`: an address.
 * - `string`: one string without its NUL.
 * - `strings`: NUL-terminated strings one after the other.
 * - `address`: a `struct sockaddr` of any family.
 * - `bytes`: bytes that mean nothing to Tracee.
 */
export type Wire = 'i32' | 'u32' | 'i64' | 'u64' | 'pointer' | 'string' | 'strings' | 'address' | 'bytes';

/** One argument of an event, in catalogue order. */
export interface ArgumentDefinition {
  readonly name: string;
  readonly type: ArgumentType;
  readonly vocabulary?: Vocabulary;
  /** Captured only on request, because it is large or private (`envp`). */
  readonly onRequest?: true;
  /** The call says how long it is by what it returns (`readlink`). */
  readonly isAsLongAsResult?: true;
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

/** Number of a call and the function that it enters, without the prefix of the architecture: `sys_read`. */
export type SyscallEntry = readonly [number: number, entered: string | null];

/**
 * How callers reach a system call; missing where they have none. 32-bit programs can have several numbers for the
 * same. Without a function it is one that the newest kernel has no longer: only tracepoints see who tries.
 */
export interface SyscallEntries {
  readonly x86_64?: readonly SyscallEntry[];
  readonly i386?: readonly SyscallEntry[];
  readonly arm64?: readonly SyscallEntry[];
  /** 32-bit programs on arm64. */
  readonly arm?: readonly SyscallEntry[];
}

export interface SyscallDefinition {
  readonly entries: SyscallEntries;
  /**
   * The caller's memory is replaced when the call succeeds (`execve`), so arguments are read on entry and
   * kept until the call returns.
   */
  readonly isReadOnEntry?: true;
  /** And told on entry: the caller ends, or goes on somewhere else (`exit`, `rt_sigreturn`). */
  readonly neverReturns?: true;
}

/**
 * What a kernel must offer for an event that is no syscall. `carriers` are system calls that lead to it, seen
 * when they return: beside a tracepoint they are more ways to the same event, behind a function they stand in
 * where it cannot be hooked.
 */
export type HookDefinition = TracepointHook | FunctionHook;

export interface TracepointHook {
  readonly kind: 'tracepoint';
  readonly tracepoint: string;
  /** What other kernels call it: with a program of its own, since they give it other arguments. */
  readonly formerly?: string;
  /** How the programs are called where others stand on the same tracepoint. */
  readonly program?: string;
  /** A second tracepoint, where programs of this name gather what the event tells. */
  readonly beside?: { readonly tracepoint: string; readonly program: string };
  readonly carriers?: readonly string[];
}

export interface FunctionHook {
  readonly kind: 'function';
  readonly function: string;
  /** Other functions that lead to it; each of them is hooked. */
  readonly others?: readonly string[];
  /** Told when they return. */
  readonly isReturn?: true;
  /** The LSM hook behind it; missing where it is no security hook. */
  readonly lsm?: string;
  /** The tracepoint where the function cannot be hooked; its programs are called like the function. */
  readonly standIn?: string;
  readonly carriers?: readonly string[];
}

/**
 * Events that share a program with others. `event_config.checks` names those that are looked at when a carrier
 * returns, `settings.events` those that are selected at all.
 */
export const carrierChecks = {
  stdio_socket: 1,
  security_file_open: 2,
  security_mmap_file: 4,
  security_file_mprotect: 8,
  security_inode_unlink: 16,
  security_kernel_read_file: 32,
  security_kernel_load_data: 64,
  sched_process_exec: 128,
  loader_environment: 256,
  security_inode_rename: 512,
  security_inode_link: 1024,
  security_inode_symlink: 2048,
  security_sb_mount: 4096,
  security_move_mount: 8192,
  security_path_truncate: 16_384,
  mem_write: 32_768,
  security_ptrace_traceme: 65_536,
  memory_file_open: 1_048_576,
  proc_pid_status: 131_072,
  seccomp_filter: 262_144,
  vfs_write: 268_435_456,
  vfs_writev: 536_870_912,
  magic_write: 1_073_741_824,
} as const;

/** The CHECK_* bits of these events. */
export function checksOf(events: Iterable<EventDefinition>): number {
  const checks: Readonly<Record<string, number>> = carrierChecks;
  return [...events].reduce((bits, { name }) => bits | (checks[name] ?? 0), 0);
}
