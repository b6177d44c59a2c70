import { constants } from 'node:os';
import koffi from 'koffi';
import { TraceeError } from '../errors.js';
import { libbpf, libc } from './native.js';

/** libbpf's own error numbers start here (`__LIBBPF_ERRNO__START`). */
const libbpfErrnoStart = 4000;

/** The kernel's own ENOTSUPP (include/linux/errno.h) leaks through the bpf syscall; C libraries do not know it. */
const enotsupp = 524;

const errnoNames = new Map([
  ...Object.entries(constants.errno).map(([name, number]) => [number, name] as const),
  [enotsupp, 'ENOTSUPP'] as const,
]);

/** A call to libbpf that failed, with the number and everything that libbpf said about it. */
export class LibbpfError extends TraceeError {
  /** The C function, with what it was called for: `bpf_object__load`. */
  readonly call: string;
  readonly errno: number;
  /** `EPERM`, or libbpf's own text for its own numbers. */
  readonly errnoName: string;
  /** What libbpf printed during the call, the verifier's log included. */
  readonly log: string;
  /** The program that libbpf names as the one that failed. */
  readonly programName: string | undefined;

  constructor(call: string, errno: number, log = '') {
    const errnoName = nameErrno(errno);
    const programName = /prog '([^']+)': (?:BPF program load failed|failed to)/.exec(log)?.[1];
    const subject = programName === undefined ? call : `${call} (program ${programName})`;
    super('LIBBPF_FAILED', `${subject} failed: ${errnoName}, ${describe(errno)}`);
    this.call = call;
    this.errno = errno;
    this.errnoName = errnoName;
    this.log = log;
    this.programName = programName;
  }
}

/**
 * What the verifier found at last, without the instructions on the way there:
 * `R2 unbounded memory access, use 'var &= const' or 'if (var < const)'`. Undefined where it was not asked.
 */
export function verdictOf(log: string): string | undefined {
  const text = /-- BEGIN PROG LOAD LOG --\n(.*?)-- END PROG LOAD LOG --/s.exec(log)?.[1];
  return text
    ?.split('\n')
    .findLast((line) => line !== '' && !/^(?:processed \d+ insns|verification time|stack depth)/.test(line));
}

/** Error number of the C call that was just made. */
export function lastErrno(): number {
  return koffi.errno();
}

function nameErrno(errno: number): string {
  return errnoNames.get(errno) ?? `error ${errno}`;
}

function describe(errno: number): string {
  if (errno === enotsupp) return 'Operation not supported';
  if (errno < libbpfErrnoStart) return String(libc('strerror')(errno));
  const text = Buffer.alloc(256);
  libbpf('libbpf_strerror')(errno, text, text.length);
  return text.toString('utf8', 0, text.indexOf(0));
}
