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

/** Words for what Tracee itself numbers, and the kernel's numbers that have no names in its interface. */
export const ownWords = {
  storage: () => oneOf(counted(storageNames)),
  stdioCause: () => oneOf(Object.entries(stdioCauses)),
  socketOrigin: () => oneOf(Object.entries(socketOrigins)),
  mappingFacts: () => partsOf({ bits: Object.entries(mappingFacts) }),
  readFileType: () => oneOf(counted(readFileTypes)),
  loadDataType: () => oneOf(counted(readFileTypes)),
  /** By the ids that events have. */
  syscall: () =>
    oneOf(catalogue.flatMap(({ id, name, syscall }) => (syscall === undefined ? [] : [[name, id] as const]))),
} satisfies Readonly<Record<string, () => Words>>;

function counted(names: readonly string[]): Entry[] {
  return names.map((name, index) => [name, index]);
}
