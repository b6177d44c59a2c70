import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

const operation = { opcode: { vocabulary: 'ioUringOperation' } } as const;

/**
 * What programs ask of the kernel through io_uring, where no system call tells of it. The first is told for every
 * request; the second for one that a thread of the kernel's pool is to do, for whom the task is the one that asked.
 */
export const ioUringEvents: readonly EventDefinition[] = [
  {
    id: 1104,
    name: 'io_uring_submit_sqe',
    sets: ['fs', 'fs_async_io'],
    source: 'user',
    hooks: { kind: 'tracepoint', tracepoint: 'io_uring_submit_req', formerly: 'io_uring_submit_sqe' },
    arguments: prototype(
      'unsigned int opcode, int fd, const char* pathname, u64 user_data, unsigned int flags, dev_t dev, unsigned long inode',
      { ...operation, fd: { vocabulary: 'directory' } },
    ),
  },
  {
    id: 1105,
    name: 'io_uring_queue_async_work',
    sets: ['fs', 'fs_async_io'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'io_uring_queue_async_work' },
    arguments: prototype(
      'unsigned int opcode, const char* pathname, u64 user_data, dev_t dev, unsigned long inode',
      operation,
    ),
  },
];
