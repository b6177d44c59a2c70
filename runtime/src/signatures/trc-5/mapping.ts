import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';
import {
  describe,
  describeStorage,
  isEverythingInMemory,
  isTemporary,
  keyOf,
  namelessFileOf,
  namelessStorages,
} from './nameless.js';

/** include/uapi/asm-generic/mman-common.h */
const PROT_EXEC = 4;
const MAP_TYPE = 0x0f;
const MAP_PRIVATE = 2;

/**
 * Programs and libraries are mapped privately, by the kernel, by the loader (`ld.so /proc/self/fd/3`) and by
 * dlopen(). A shared executable mapping is how compilers at run time write code that they may not make
 * writable where it is executed (.NET, libffi, qemu): that is TRC-4's.
 */
export const mappingSight: Sight = {
  id: 'mapping',
  description: 'code is mapped from a file that has no name on a file system which outlives a reboot',
  ways: [
    {
      events: [
        {
          event: 'security_mmap_file',
          where: { storage: namelessStorages },
          bits: { prot: PROT_EXEC },
        },
      ],
      blindTo: 'code that is read into memory instead of mapped (TRC-4)',
    },
  ],
  detect(event) {
    const file = namelessFileOf(event);
    const flags = numberIn(event, 'flags') ?? MAP_PRIVATE;
    if (file === undefined || (flags & MAP_TYPE) !== MAP_PRIVATE) return undefined;
    if (isEverythingInMemory(file) || isTemporary(file)) return undefined;
    /* Its own program, mapped by the kernel while it begins: judged when it was executed. */
    const own = event.executableFile;
    if (own !== undefined && own.inode === file.inode && own.dev === file.dev) return undefined;
    return {
      summary: `mapped ${describe(file, 'code')}`,
      facts: [describeStorage(file), 'the mapping is private and executable, as of a program or library'],
      data: { 'file path': file.path },
      key: keyOf(event, file),
    };
  },
};
