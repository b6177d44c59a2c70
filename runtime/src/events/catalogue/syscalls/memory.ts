import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Memory of processes. */
export const memoryCalls: readonly EventDefinition[] = [
  call(
    'mmap',
    'syscalls proc proc_mem',
    prototype('void* addr, size_t length, int prot, int flags, int fd, off_t off'),
  ),
  call('mprotect', 'syscalls proc proc_mem', prototype('void* addr, size_t len, int prot')),
  call('munmap', 'syscalls proc proc_mem', prototype('void* addr, size_t length')),
  call('brk', 'syscalls proc proc_mem', prototype('void* addr')),
  call(
    'mremap',
    'syscalls proc proc_mem',
    prototype('void* old_address, size_t old_size, size_t new_size, int flags, void* new_address'),
  ),
  call('mincore', 'syscalls proc proc_mem', prototype('void* addr, size_t length, unsigned char* vec')),
  call('madvise', 'syscalls proc proc_mem', prototype('void* addr, size_t length, int advice')),
  call('mlock', 'syscalls proc proc_mem', prototype('const void* addr, size_t len')),
  call('munlock', 'syscalls proc proc_mem', prototype('const void* addr, size_t len')),
  call('mlockall', 'syscalls proc proc_mem', prototype('int flags')),
  call('munlockall', 'syscalls proc proc_mem', []),
  call('modify_ldt', 'syscalls proc proc_mem', prototype('int func, void* ptr, unsigned long bytecount')),
  call('membarrier', 'syscalls proc proc_mem', prototype('int cmd, int flags')),
  call('mlock2', 'syscalls proc proc_mem', prototype('const void* addr, size_t len, int flags')),
  call(
    'pkey_mprotect',
    'default syscalls proc proc_mem',
    prototype('void* addr, size_t len, int prot, int pkey'),
  ),
  call('pkey_alloc', 'syscalls proc proc_mem', prototype('unsigned int flags, unsigned long access_rights')),
  call('pkey_free', 'syscalls proc proc_mem', prototype('int pkey')),
  call('process_mrelease', 'syscalls proc proc_mem', prototype('int pidfd, unsigned int flags')),
  call(
    'map_shadow_stack',
    'syscalls proc proc_mem',
    prototype('void* addr, unsigned long size, unsigned int flags'),
  ),
  call('mseal', 'syscalls proc proc_mem', prototype('void* addr, size_t len, unsigned long flags')),
];
