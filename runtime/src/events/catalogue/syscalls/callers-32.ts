import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Calls that only 32-bit programs have. */
export const callers32Calls: readonly EventDefinition[] = [
  call('waitpid', 'syscalls proc proc_life', prototype('pid_t pid, int* wstatus, int options')),
  call('oldstat', 'syscalls fs fs_file_attr', prototype('const char* pathname, void* statbuf')),
  call('oldfstat', 'syscalls fs fs_file_attr', prototype('unsigned int fd, void* statbuf')),
  call('oldlstat', 'syscalls fs fs_file_attr', prototype('const char* pathname, void* statbuf')),
  call('oldumount', 'syscalls fs', prototype('const char* target')),
  call('stime', 'syscalls time time_tod', prototype('const time_t* t')),
  call('nice', 'syscalls proc proc_sched', prototype('int inc')),
  call('signal', 'syscalls signals', prototype('int signum, void* handler')),
  call('oldolduname', 'syscalls system', prototype('void* buf')),
  call('olduname', 'syscalls system', prototype('void* buf')),
  call(
    'sigaction',
    'syscalls signals',
    prototype('int signum, const struct sigaction* act, struct sigaction* oldact'),
  ),
  call('sgetmask', 'syscalls signals', []),
  call('ssetmask', 'syscalls signals', prototype('int newmask')),
  call('sigsuspend', 'syscalls signals', prototype('int unused1, int unused2, unsigned long mask')),
  call('sigpending', 'syscalls signals', prototype('unsigned int* set')),
  call('sigprocmask', 'syscalls signals', prototype('int how, const void* set, void* oldset')),
  call('sigreturn', 'syscalls signals', [], { isReadOnEntry: true, neverReturns: true }),
  call('old_select', 'syscalls fs fs_mux_io', prototype('const void* arg')),
  call('old_mmap', 'syscalls proc proc_mem', prototype('const void* arg')),
  call('readdir', 'syscalls fs fs_dir_ops', prototype('unsigned int fd, void* dirp, unsigned int count')),
  call('socketcall', 'syscalls net net_sock', prototype('int call, const void* args')),
  call(
    'ipc',
    'syscalls ipc',
    prototype(
      'unsigned int call, int first, unsigned long second, unsigned long third, void* ptr, long fifth',
    ),
  ),
  call(
    'llseek',
    'syscalls fs fs_file_ops',
    prototype(
      'unsigned int fd, unsigned long offset_high, unsigned long offset_low, void* result, unsigned int whence',
    ),
  ),
  call(
    'truncate64',
    'syscalls fs fs_file_ops',
    prototype('const char* path, unsigned int length_low, unsigned int length_high'),
  ),
  call(
    'ftruncate64',
    'syscalls fs fs_file_ops',
    prototype('unsigned int fd, unsigned int length_low, unsigned int length_high'),
  ),
  call('statfs64', 'syscalls fs fs_info', prototype('const char* path, size_t size, void* buf')),
  call('fstatfs64', 'syscalls fs fs_info', prototype('unsigned int fd, size_t size, void* buf')),
  call(
    'fadvise64_64',
    'syscalls fs',
    prototype(
      'int fd, unsigned int offset_low, unsigned int offset_high, unsigned int len_low, unsigned int len_high, int advice',
    ),
  ),
  call(
    'arm_fadvise64_64',
    'syscalls fs',
    prototype(
      'int fd, int advice, unsigned int offset_low, unsigned int offset_high, unsigned int len_low, unsigned int len_high',
    ),
  ),
  call(
    'arm_sync_file_range',
    'syscalls fs fs_sync',
    prototype(
      'int fd, unsigned int flags, unsigned int offset_low, unsigned int offset_high, unsigned int nbytes_low, unsigned int nbytes_high',
    ),
  ),
  call(
    'send',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, const void* buf, size_t len, unsigned int flags'),
  ),
  call(
    'recv',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, void* buf, size_t len, unsigned int flags'),
  ),
  call(
    'pciconfig_iobase',
    'syscalls system',
    prototype('long which, unsigned long bus, unsigned long devfn'),
  ),
  call(
    'pciconfig_read',
    'syscalls system',
    prototype('unsigned long bus, unsigned long dfn, unsigned long off, unsigned long len, void* buf'),
  ),
  call(
    'pciconfig_write',
    'syscalls system',
    prototype('unsigned long bus, unsigned long dfn, unsigned long off, unsigned long len, void* buf'),
  ),
];
