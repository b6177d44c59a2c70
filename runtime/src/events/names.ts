import { mappingFacts, socketOrigins, stdioCauses } from './layout.js';
import type { ArgumentValue, EventArgument } from './record.js';
import type { Vocabulary } from './types.js';

/** include/uapi/linux/ptrace.h, arch/x86/include/uapi/asm/ptrace-abi.h */
const ptraceRequests = new Map([
  [0, 'PTRACE_TRACEME'],
  [1, 'PTRACE_PEEKTEXT'],
  [2, 'PTRACE_PEEKDATA'],
  [3, 'PTRACE_PEEKUSR'],
  [4, 'PTRACE_POKETEXT'],
  [5, 'PTRACE_POKEDATA'],
  [6, 'PTRACE_POKEUSR'],
  [7, 'PTRACE_CONT'],
  [8, 'PTRACE_KILL'],
  [9, 'PTRACE_SINGLESTEP'],
  [12, 'PTRACE_GETREGS'],
  [13, 'PTRACE_SETREGS'],
  [14, 'PTRACE_GETFPREGS'],
  [15, 'PTRACE_SETFPREGS'],
  [16, 'PTRACE_ATTACH'],
  [17, 'PTRACE_DETACH'],
  [24, 'PTRACE_SYSCALL'],
  [30, 'PTRACE_ARCH_PRCTL'],
  [0x4200, 'PTRACE_SETOPTIONS'],
  [0x4201, 'PTRACE_GETEVENTMSG'],
  [0x4202, 'PTRACE_GETSIGINFO'],
  [0x4203, 'PTRACE_SETSIGINFO'],
  [0x4204, 'PTRACE_GETREGSET'],
  [0x4205, 'PTRACE_SETREGSET'],
  [0x4206, 'PTRACE_SEIZE'],
  [0x4207, 'PTRACE_INTERRUPT'],
  [0x4208, 'PTRACE_LISTEN'],
  [0x4209, 'PTRACE_PEEKSIGINFO'],
  [0x420a, 'PTRACE_GETSIGMASK'],
  [0x420b, 'PTRACE_SETSIGMASK'],
  [0x420c, 'PTRACE_SECCOMP_GET_FILTER'],
  [0x420d, 'PTRACE_SECCOMP_GET_METADATA'],
  [0x420e, 'PTRACE_GET_SYSCALL_INFO'],
  [0x420f, 'PTRACE_GET_RSEQ_CONFIGURATION'],
]);

/** include/uapi/asm-generic/fcntl.h. O_SYNC and O_TMPFILE hold other flags and come before them. */
const openFlags: readonly (readonly [bits: number, name: string])[] = [
  [0o20200000, 'O_TMPFILE'],
  [0o4010000, 'O_SYNC'],
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o10000, 'O_DSYNC'],
  [0o20000, 'O_ASYNC'],
  [0o40000, 'O_DIRECT'],
  [0o100000, 'O_LARGEFILE'],
  [0o200000, 'O_DIRECTORY'],
  [0o400000, 'O_NOFOLLOW'],
  [0o1000000, 'O_NOATIME'],
  [0o2000000, 'O_CLOEXEC'],
  [0o10000000, 'O_PATH'],
];

const execveatFlags: readonly (readonly [bits: number, name: string])[] = [
  [0x100, 'AT_SYMLINK_NOFOLLOW'],
  [0x1000, 'AT_EMPTY_PATH'],
  [0x10000, 'AT_EXECVE_CHECK'],
];

/** `storages` of layout.ts, in words. */
const storageNames = ['disk', 'unlinked', 'memory', 'tmpfs'];

/** include/linux/kernel_read_file.h and include/linux/security.h of Linux 5.9 and newer. */
const readFileTypes = [
  'unknown',
  'firmware',
  'kernel-module',
  'kexec-image',
  'kexec-initramfs',
  'policy',
  'x509-certificate',
];
const loadDataTypes = readFileTypes;

/** include/linux/net.h */
const socketTypes = new Map([
  [1, 'SOCK_STREAM'],
  [2, 'SOCK_DGRAM'],
  [3, 'SOCK_RAW'],
  [5, 'SOCK_SEQPACKET'],
]);

const protections: readonly (readonly [bits: number, name: string])[] = [
  [1, 'PROT_READ'],
  [2, 'PROT_WRITE'],
  [4, 'PROT_EXEC'],
  [8, 'PROT_SEM'],
  [0x01000000, 'PROT_GROWSDOWN'],
  [0x02000000, 'PROT_GROWSUP'],
];

/** `mappingFacts` of layout.ts, in words. */
const mappingFactNames = Object.entries(mappingFacts).map(([name, bit]) => [bit, name] as const);

const vocabularies: Record<Vocabulary, (value: number) => string> = {
  ptraceRequest: (value) => ptraceRequests.get(value) ?? String(value),
  openFlags: nameOpenFlags,
  execveatFlags: (value) => (value === 0 ? '0' : nameBits(value, execveatFlags)),
  storage: (value) => storageNames[value] ?? String(value),
  stdioCause: nameIn(stdioCauses),
  socketOrigin: nameIn(socketOrigins),
  socketType: (value) => socketTypes.get(value) ?? String(value),
  protection: (value) => (value === 0 ? 'PROT_NONE' : nameBits(value, protections)),
  mappingFacts: (value) => (value === 0 ? '0' : nameBits(value, mappingFactNames)),
  readFileType: (value) => readFileTypes[value] ?? String(value),
  loadDataType: (value) => loadDataTypes[value] ?? String(value),
};

function nameIn(codes: Readonly<Record<string, number>>): (value: number) => string {
  const names = new Map(Object.entries(codes).map(([name, code]) => [code, name]));
  return (value) => names.get(value) ?? String(value);
}

/** What people call an argument's value: `PTRACE_TRACEME` for 0; the value itself where it has no name. */
export function describeValue(argument: EventArgument): ArgumentValue {
  const { vocabulary } = argument.definition;
  if (vocabulary === undefined || typeof argument.value !== 'number') return argument.value;
  return vocabularies[vocabulary](argument.value);
}

function nameOpenFlags(value: number): string {
  const mode = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'][value & 3] ?? '';
  const rest = nameBits(value & ~3, openFlags);
  return rest === '' ? mode : `${mode}|${rest}`;
}

function nameBits(value: number, table: readonly (readonly [bits: number, name: string])[]): string {
  const names: string[] = [];
  let left = value;
  for (const [bits, name] of table) {
    if ((left & bits) !== bits) continue;
    names.push(name);
    left &= ~bits;
  }
  if (left !== 0) names.push(`0x${(left >>> 0).toString(16)}`);
  return names.join('|');
}
