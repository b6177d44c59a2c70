import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

const mapping = {
  prot: { vocabulary: 'protection' },
  previous: { vocabulary: 'protection' },
  facts: { vocabulary: 'mappingFacts' },
  storage: { vocabulary: 'storage' },
} as const;

const openers = ['open', 'openat', 'openat2', 'creat'];
const writers = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'];

/**
 * Memory, of the process itself and of others. Mappings and changes of them are told where memory that can be or
 * was written becomes executable, and no others: libraries that are mapped as they stand on disk are not. The original's
 * `mem_prot_alert` looks at permissions alone.
 */
export const memoryEvents: readonly EventDefinition[] = [
  {
    id: 1008,
    name: 'mem_prot_alert',
    sets: ['proc', 'proc_mem'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_file_mprotect',
      others: ['security_mmap_file'],
    },
    arguments: prototype(
      'alert_t alert, void* address, size_t length, int prot, int previous, const char* pathname',
      { ...mapping, alert: { vocabulary: 'memoryAlert' } },
    ),
  },
  {
    id: 1038,
    name: 'security_mmap_file',
    sets: ['lsm_hooks', 'proc', 'proc_mem'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_mmap_file',
      lsm: 'mmap_file',
      carriers: ['mmap', 'shmat'],
    },
    arguments: prototype(
      'const char* pathname, int prot, int flags, unsigned int facts, unsigned int storage, dev_t dev, unsigned long inode',
      mapping,
    ),
  },
  {
    id: 1039,
    name: 'security_file_mprotect',
    sets: ['lsm_hooks', 'proc', 'proc_mem'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_file_mprotect',
      lsm: 'file_mprotect',
      carriers: ['mprotect', 'pkey_mprotect'],
    },
    arguments: prototype(
      'const char* pathname, void* address, size_t length, int prot, int previous, unsigned int facts',
      mapping,
    ),
  },
  {
    id: 1040,
    name: 'mem_write',
    sets: ['proc', 'proc_mem'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'mem_write', carriers: writers },
    arguments: prototype(
      'pid_t target_pid, pid_t target_ns_pid, const char* target_comm, void* address, size_t length, bytes data, bool is_self, bool is_data',
    ),
  },
  {
    id: 1041,
    name: 'security_ptrace_traceme',
    sets: ['lsm_hooks', 'proc'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_ptrace_traceme', lsm: 'ptrace_traceme' },
    arguments: prototype('pid_t parent_pid, pid_t parent_ns_pid, const char* parent_comm'),
  },
  {
    id: 1050,
    /** A process looks at its own state or its parent's, which says who traces it. */
    name: 'proc_pid_status',
    sets: ['proc'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'proc_pid_status', carriers: openers },
    arguments: prototype('pid_t tid, pid_t ns_tid, bool is_parent'),
  },
  {
    id: 1051,
    /** A filter of system calls is set; the caller's memory holds its classic BPF program. */
    name: 'seccomp_filter',
    sets: ['proc'],
    source: 'user',
    hooks: { kind: 'function', function: 'do_seccomp', carriers: ['seccomp', 'prctl'] },
    arguments: prototype('unsigned int flags, unsigned int count, bytes program'),
  },
];
