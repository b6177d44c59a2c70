import { memoryAlerts } from './alerts.js';
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

/** include/uapi/asm-generic/fcntl.h; the last stands for a mode that there is not. */
const openModes = [
  [0, 'O_RDONLY'],
  [1, 'O_WRONLY'],
  [2, 'O_RDWR'],
  [3, 'O_ACCMODE'],
] as const;

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

/** The original's words, which rules of its users compare. */
const memoryAlertTexts = new Map([
  [memoryAlerts.mapped_writable_and_executable, 'Mmaped region with W+E permissions!'],
  [memoryAlerts.became_executable, 'Protection changed to Executable!'],
  [memoryAlerts.executable_became_writable, 'Protection changed from E to W+E!'],
  [memoryAlerts.writable_remained_executable, 'Protection changed from W+E to E!'],
]);

/** include/linux/ptrace.h */
const accessModes: readonly (readonly [bits: number, name: string])[] = [
  [0x01, 'PTRACE_MODE_READ'],
  [0x02, 'PTRACE_MODE_ATTACH'],
  [0x04, 'PTRACE_MODE_NOAUDIT'],
  [0x08, 'PTRACE_MODE_FSCREDS'],
  [0x10, 'PTRACE_MODE_REALCREDS'],
];

/** The words of one vocabulary: how a number is told, and which number a text means. */
interface Words {
  readonly describe: (value: number) => string;
  /** Undefined for a text that is no name, nor a number. */
  readonly parse: (text: string) => number | undefined;
  readonly names: readonly (readonly [name: string, value: number])[];
}

const vocabularies: Record<Vocabulary, Words> = {
  ptraceRequest: oneOf(ptraceRequests),
  openFlags: { ...bitsOf(openFlags, '', openModes), describe: nameOpenFlags },
  execveatFlags: bitsOf(execveatFlags, '0'),
  storage: oneOf(storageNames.entries()),
  stdioCause: oneOf(codesIn(stdioCauses)),
  socketOrigin: oneOf(codesIn(socketOrigins)),
  socketType: oneOf(socketTypes),
  protection: bitsOf(protections, 'PROT_NONE'),
  mappingFacts: bitsOf(mappingFactNames, '0'),
  readFileType: oneOf(readFileTypes.entries()),
  loadDataType: oneOf(loadDataTypes.entries()),
  memoryAlert: oneOf(memoryAlertTexts),
  accessMode: bitsOf(accessModes, '0'),
};

/** What people call an argument's value: `PTRACE_TRACEME` for 0; the value itself where it has no name. */
export function describeValue(argument: EventArgument): ArgumentValue {
  const { vocabulary } = argument.definition;
  const { value } = argument;
  if (vocabulary === undefined || typeof value !== 'number') return value;
  // Names are for 32 bits; what has more would lose some of them.
  return value > 0xffff_ffff || value < -0x8000_0000 ? value : vocabularies[vocabulary].describe(value);
}

/**
 * The number that {@link describeValue} told as this text: `O_WRONLY|O_CREAT` -> 65, undefined for no name.
 * Flags are unsigned.
 */
export function parseName(vocabulary: Vocabulary, text: string): number | undefined {
  return vocabularies[vocabulary].parse(text);
}

/** Names and what they stand for; of flags, each by itself. */
export function namesIn(vocabulary: Vocabulary): readonly (readonly [name: string, value: number])[] {
  return vocabularies[vocabulary].names;
}

function codesIn(codes: Readonly<Record<string, number>>): [code: number, name: string][] {
  return Object.entries(codes).map(([name, code]) => [code, name]);
}

/** Each number has a name of its own. */
function oneOf(entries: Iterable<readonly [value: number, name: string]>): Words {
  const names = new Map(entries);
  const values = new Map([...names].map(([value, name]) => [name, value]));
  return {
    describe: (value) => names.get(value) ?? String(value),
    parse: (text) => values.get(text) ?? parseNumber(text),
    names: [...values],
  };
}

/** Each bit, or group of bits, has a name; `none` is what 0 is called. */
function bitsOf(
  table: readonly (readonly [bits: number, name: string])[],
  none: string,
  others: readonly (readonly [bits: number, name: string])[] = [],
): Words {
  const values = new Map([...table, ...others].map(([bits, name]) => [name, bits]));
  return {
    describe: (value) => (value === 0 ? none : nameBits(value, table)),
    parse: (text) => (text === none ? 0 : parseBits(text, values)),
    names: none === '' || none === '0' ? [...values] : [[none, 0], ...values],
  };
}

function parseBits(text: string, values: ReadonlyMap<string, number>): number | undefined {
  let sum = 0;
  for (const part of text.split('|')) {
    const bits = values.get(part) ?? parseNumber(part);
    if (bits === undefined) return undefined;
    sum |= bits;
  }
  return sum >>> 0;
}

function parseNumber(text: string): number | undefined {
  if (!/^(?:-?\d{1,10}|0x[\da-f]{1,8})$/.test(text)) return undefined;
  const number = Number(text);
  return number > 0xffff_ffff || number < -0x8000_0000 ? undefined : number;
}

function nameOpenFlags(value: number): string {
  const mode = openModes[value & 3]?.[1] ?? '';
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
