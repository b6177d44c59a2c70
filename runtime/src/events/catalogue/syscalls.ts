import type { ArgumentDefinition, EventDefinition, SyscallDefinition } from '../types.js';
import { prototype } from './prototype.js';

/** Of x86-64, 32-bit x86, arm64 and 32-bit arm; `none` where an architecture does not have the call. */
type Numbers = readonly [
  x86_64: number,
  i386: number | undefined,
  arm64: number | undefined,
  arm: number | undefined,
];

const none = undefined;
const prot = { prot: { vocabulary: 'protection' } } as const;
const openFlags = { flags: { vocabulary: 'openFlags' } } as const;
const envp = { onRequest: true } as const;

function call(
  name: string,
  [x86_64, i386, arm64, arm]: Numbers,
  sets: string,
  list: readonly ArgumentDefinition[],
  more: Omit<SyscallDefinition, 'x86_64' | 'i386' | 'arm64' | 'arm'> = {},
): EventDefinition {
  return {
    id: x86_64,
    name,
    sets: sets.split(' '),
    source: 'user',
    syscall: {
      x86_64,
      ...(i386 === undefined ? {} : { i386 }),
      ...(arm64 === undefined ? {} : { arm64 }),
      ...(arm === undefined ? {} : { arm }),
      ...more,
    },
    arguments: list,
  };
}

const files = 'syscalls fs fs_file_ops';
const links = 'syscalls fs fs_link_ops';
const descriptors = 'syscalls fs fs_fd_ops';
const sockets = 'syscalls net net_sock';
const memory = 'syscalls proc proc_mem';
const modules = 'syscalls system system_module';

/**
 * System calls. Numbers: `arch/x86/entry/syscalls/*.tbl`, `include/uapi/asm-generic/unistd.h`,
 * `arch/arm/tools/syscall.tbl`.
 */
export const syscallEvents: readonly EventDefinition[] = [
  call('write', [1, 4, 64, 4], files, prototype('int fd, const void* buf, size_t count')),
  call('open', [2, 5, none, 5], files, prototype('const char* pathname, int flags, mode_t mode', openFlags), {
    hasCompatEntry: true,
  }),
  call(
    'mmap',
    [9, 192, 222, 192],
    memory,
    prototype('void* addr, size_t length, int prot, int flags, int fd, off_t off', prot),
    { compatFunction: 'sys_mmap_pgoff' },
  ),
  call('mprotect', [10, 125, 226, 125], memory, prototype('void* addr, size_t len, int prot', prot)),
  call(
    'pwrite64',
    [18, 181, 68, 181],
    files,
    prototype('int fd, const void* buf, size_t count, off_t offset'),
    {
      compatFunction: 'sys_ia32_pwrite64',
    },
  ),
  call('writev', [20, 146, 66, 146], files, prototype('int fd, const struct iovec* iov, int iovcnt')),
  call('shmat', [30, 397, 196, 305], memory, prototype('int shmid, const void* shmaddr, int shmflg'), {
    hasCompatEntry: true,
  }),
  call('dup', [32, 41, 23, 41], descriptors, prototype('int oldfd')),
  call('dup2', [33, 63, none, 63], descriptors, prototype('int oldfd, int newfd')),
  call('connect', [42, 362, 203, 283], sockets, prototype('int sockfd, struct sockaddr* addr, int addrlen')),
  call('accept', [43, none, 202, 285], sockets, prototype('int sockfd, void* addr, int* addrlen')),
  call('recvmsg', [47, 372, 212, 297], sockets, prototype('int sockfd, void* msg, int flags'), {
    hasCompatEntry: true,
  }),
  call(
    'clone',
    [56, 120, 220, 120],
    'syscalls proc proc_life',
    prototype('unsigned long flags, void* stack, int* parent_tid, int* child_tid, unsigned long tls'),
  ),
  call(
    'execve',
    [59, 11, 221, 11],
    'default syscalls proc proc_life',
    prototype('const char* pathname, const char*const* argv, const char*const* envp', { envp }),
    { hasCompatEntry: true, isReadOnEntry: true },
  ),
  call('fcntl', [72, 221, 25, 221], descriptors, prototype('int fd, int cmd, unsigned long arg'), {
    compatFunction: 'compat_sys_fcntl64',
  }),
  call('truncate', [76, 92, 45, 92], files, prototype('const char* path, off_t length'), {
    hasCompatEntry: true,
  }),
  call('rename', [82, 38, none, 38], links, prototype('const char* oldpath, const char* newpath')),
  call('creat', [85, 8, none, 8], files, prototype('const char* pathname, mode_t mode')),
  call('link', [86, 9, none, 9], links, prototype('const char* oldpath, const char* newpath')),
  call('unlink', [87, 10, none, 10], links, prototype('const char* pathname')),
  call('symlink', [88, 83, none, 83], links, prototype('const char* target, const char* linkpath')),
  call(
    'ptrace',
    [101, 26, 117, 26],
    'default syscalls proc',
    prototype('long request, pid_t pid, void* addr, void* data', {
      request: { vocabulary: 'ptraceRequest' },
    }),
    { hasCompatEntry: true },
  ),
  call('personality', [135, 136, 92, 136], 'syscalls proc', prototype('unsigned int persona')),
  call(
    'prctl',
    [157, 172, 167, 172],
    'syscalls proc',
    prototype('int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5'),
  ),
  call(
    'mount',
    [165, 21, 40, 21],
    'syscalls fs',
    prototype(
      'const char* source, const char* target, const char* filesystemtype, unsigned long mountflags, const void* data',
    ),
  ),
  call(
    'init_module',
    [175, 128, 105, 128],
    modules,
    prototype('void* module_image, unsigned long len, const char* param_values'),
  ),
  call(
    'kexec_load',
    [246, 283, 104, 347],
    'syscalls system',
    prototype(
      'unsigned long entry, unsigned long nr_segments, struct kexec_segment* segments, unsigned long flags',
    ),
    { hasCompatEntry: true },
  ),
  call(
    'openat',
    [257, 295, 56, 322],
    files,
    prototype('int dirfd, const char* pathname, int flags, mode_t mode', openFlags),
    { hasCompatEntry: true },
  ),
  call('unlinkat', [263, 301, 35, 328], links, prototype('int dirfd, const char* pathname, int flags')),
  call(
    'renameat',
    [264, 302, 38, 329],
    links,
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath'),
  ),
  call(
    'linkat',
    [265, 303, 37, 330],
    links,
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath, unsigned int flags'),
  ),
  call(
    'symlinkat',
    [266, 304, 36, 331],
    links,
    prototype('const char* target, int newdirfd, const char* linkpath'),
  ),
  call(
    'accept4',
    [288, 364, 242, 366],
    sockets,
    prototype('int sockfd, void* addr, int* addrlen, int flags'),
  ),
  call(
    'pwritev',
    [296, 334, 70, 362],
    files,
    prototype('int fd, const struct iovec* iov, int iovcnt, off_t offset'),
    { hasCompatEntry: true },
  ),
  call('dup3', [292, 330, 24, 358], descriptors, prototype('int oldfd, int newfd, int flags')),
  call(
    'open_by_handle_at',
    [304, 342, 265, 371],
    files,
    prototype('int mount_fd, const void* handle, int flags', openFlags),
    { hasCompatEntry: true },
  ),
  call(
    'process_vm_writev',
    [311, 348, 271, 377],
    'syscalls proc',
    prototype(
      'pid_t pid, const struct iovec* local_iov, unsigned long liovcnt, const struct iovec* remote_iov, unsigned long riovcnt, unsigned long flags',
    ),
  ),
  call(
    'finit_module',
    [313, 350, 273, 379],
    modules,
    prototype('int fd, const char* param_values, int flags'),
  ),
  call(
    'renameat2',
    [316, 353, 276, 382],
    links,
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath, unsigned int flags'),
  ),
  call(
    'seccomp',
    [317, 354, 277, 383],
    'syscalls proc',
    prototype('unsigned int operation, unsigned int flags, const void* args'),
  ),
  call(
    'kexec_file_load',
    [320, none, 294, 401],
    'syscalls system',
    prototype(
      'int kernel_fd, int initrd_fd, unsigned long cmdline_len, const char* cmdline, unsigned long flags',
    ),
  ),
  call(
    'bpf',
    [321, 357, 280, 386],
    'syscalls system',
    prototype('int cmd, union bpf_attr* attr, unsigned int size'),
  ),
  call(
    'execveat',
    [322, 358, 281, 387],
    'default syscalls proc proc_life',
    prototype('int dirfd, const char* pathname, const char*const* argv, const char*const* envp, int flags', {
      envp,
      flags: { vocabulary: 'execveatFlags' },
    }),
    { hasCompatEntry: true, isReadOnEntry: true },
  ),
  call(
    'pwritev2',
    [328, 379, 287, 393],
    files,
    prototype(
      'int fd, const struct iovec* iov, int iovcnt, off_t offset, unsigned long offset_high, int flags',
    ),
    { hasCompatEntry: true },
  ),
  call(
    'pkey_mprotect',
    [329, 380, 288, 394],
    memory,
    prototype('void* addr, size_t len, int prot, int pkey', prot),
  ),
  call(
    'io_uring_enter',
    [426, 426, 426, 426],
    descriptors,
    prototype(
      'unsigned int fd, unsigned int to_submit, unsigned int min_complete, unsigned int flags, const void* argp, size_t argsz',
    ),
  ),
  call(
    'move_mount',
    [429, 429, 429, 429],
    'syscalls fs',
    prototype('int from_dfd, const char* from_path, int to_dfd, const char* to_path, unsigned int flags'),
  ),
  call(
    'openat2',
    [437, 437, 437, 437],
    files,
    prototype('int dirfd, const char* pathname, struct open_how* how, size_t size'),
  ),
  call('pidfd_getfd', [438, 438, 438, 438], descriptors, prototype('int pidfd, int fd, unsigned int flags')),
];
