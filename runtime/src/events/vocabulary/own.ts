import { memoryAlerts } from '../alerts.js';
import { catalogue } from '../catalogue/index.js';
import { mappingFacts, socketOrigins, stdioCauses } from '../layout.js';
import { oneOf, partsOf, type Entry, type Words } from './words.js';

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

/** The original's words, which rules of its users compare. */
const memoryAlertTexts: readonly Entry[] = [
  ['Mmaped region with W+E permissions!', memoryAlerts.mapped_writable_and_executable],
  ['Protection changed to Executable!', memoryAlerts.became_executable],
  ['Protection changed from E to W+E!', memoryAlerts.executable_became_writable],
  ['Protection changed from W+E to E!', memoryAlerts.writable_remained_executable],
];

/** include/linux/ptrace.h */
const ptraceModes: readonly Entry[] = [
  ['PTRACE_MODE_READ', 0x01],
  ['PTRACE_MODE_ATTACH', 0x02],
  ['PTRACE_MODE_NOAUDIT', 0x04],
  ['PTRACE_MODE_FSCREDS', 0x08],
  ['PTRACE_MODE_REALCREDS', 0x10],
];

/** Words for what Tracee itself numbers, and the kernel's numbers that have no names in its interface. */
export const ownWords = {
  storage: () => oneOf(counted(storageNames)),
  stdioCause: () => oneOf(Object.entries(stdioCauses)),
  socketOrigin: () => oneOf(Object.entries(socketOrigins)),
  mappingFacts: () => partsOf({ bits: Object.entries(mappingFacts) }),
  readFileType: () => oneOf(counted(readFileTypes)),
  loadDataType: () => oneOf(counted(readFileTypes)),
  memoryAlert: () => oneOf(memoryAlertTexts),
  ptraceMode: () => partsOf({ bits: ptraceModes }),
  /** By the ids that events have. */
  syscall: () =>
    oneOf(catalogue.flatMap(({ id, name, syscall }) => (syscall === undefined ? [] : [[name, id] as const]))),
} satisfies Readonly<Record<string, () => Words>>;

function counted(names: readonly string[]): Entry[] {
  return names.map((name, index) => [name, index]);
}
