import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

const writers = ['write', 'pwrite64'];
const vectorWriters = ['writev', 'pwritev', 'pwritev2'];

/**
 * Writes to files, told when they are done: `pos` is where they began. Numbers and arguments are the original's;
 * `magic_write` got `dev` and `inode` in later versions of it.
 */
export const writeEvents: readonly EventDefinition[] = [
  {
    id: 1006,
    name: 'vfs_write',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'function', function: 'vfs_write', isReturn: true, carriers: writers },
    arguments: prototype('const char* pathname, dev_t dev, unsigned long inode, size_t count, off_t pos'),
  },
  {
    id: 1007,
    name: 'vfs_writev',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'function', function: 'vfs_writev', isReturn: true, carriers: vectorWriters },
    arguments: prototype(
      'const char* pathname, dev_t dev, unsigned long inode, unsigned long vlen, off_t pos',
    ),
  },
  {
    id: 1011,
    /** What a file begins with, when that is written. */
    name: 'magic_write',
    sets: [],
    source: 'user',
    hooks: {
      kind: 'function',
      function: 'vfs_write',
      others: ['vfs_writev'],
      isReturn: true,
      carriers: [...writers, ...vectorWriters],
    },
    arguments: prototype('const char* pathname, bytes bytes, dev_t dev, unsigned long inode'),
  },
];
