import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Opening, reading, writing, waiting for files. */
export const filesCalls: readonly EventDefinition[] = [
  call('read', 'syscalls fs fs_read_write', prototype('int fd, void* buf, size_t count')),
  call('write', 'syscalls fs fs_read_write', prototype('int fd, const void* buf, size_t count')),
  call('open', 'default syscalls fs fs_file_ops', prototype('const char* pathname, int flags, mode_t mode')),
  call('close', 'default syscalls fs fs_file_ops', prototype('int fd')),
  call('poll', 'syscalls fs fs_mux_io', prototype('struct pollfd* fds, unsigned int nfds, int timeout')),
  call('lseek', 'syscalls fs fs_read_write', prototype('int fd, off_t offset, unsigned int whence')),
  call('ioctl', 'syscalls fs fs_fd_ops', prototype('int fd, unsigned long request, unsigned long arg')),
  call('pread64', 'syscalls fs fs_read_write', prototype('int fd, void* buf, size_t count, off_t offset')),
  call(
    'pwrite64',
    'syscalls fs fs_read_write',
    prototype('int fd, const void* buf, size_t count, off_t offset'),
  ),
  call('readv', 'syscalls fs fs_read_write', prototype('int fd, const struct iovec* iov, int iovcnt')),
  call('writev', 'syscalls fs fs_read_write', prototype('int fd, const struct iovec* iov, int iovcnt')),
  call(
    'select',
    'syscalls fs fs_mux_io',
    prototype('int nfds, fd_set* readfds, fd_set* writefds, fd_set* exceptfds, struct timeval* timeout'),
  ),
  call('msync', 'syscalls fs fs_sync', prototype('void* addr, size_t length, int flags')),
  call('dup', 'default syscalls fs fs_fd_ops', prototype('int oldfd')),
  call('dup2', 'default syscalls fs fs_fd_ops', prototype('int oldfd, int newfd')),
  call(
    'sendfile',
    'syscalls fs fs_read_write',
    prototype('int out_fd, int in_fd, off_t* offset, size_t count'),
  ),
  call('fcntl', 'syscalls fs fs_fd_ops', prototype('int fd, int cmd, unsigned long arg')),
  call('flock', 'syscalls fs fs_fd_ops', prototype('int fd, int operation')),
  call('fsync', 'syscalls fs fs_sync', prototype('int fd')),
  call('fdatasync', 'syscalls fs fs_sync', prototype('int fd')),
  call('truncate', 'syscalls fs fs_file_ops', prototype('const char* path, off_t length')),
  call('ftruncate', 'syscalls fs fs_file_ops', prototype('int fd, off_t length')),
  call('rename', 'syscalls fs fs_file_ops', prototype('const char* oldpath, const char* newpath')),
  call('creat', 'default syscalls fs fs_file_ops', prototype('const char* pathname, mode_t mode')),
  call('mknod', 'default syscalls fs fs_file_ops', prototype('const char* pathname, mode_t mode, dev_t dev')),
  call('sync', 'syscalls fs fs_sync', []),
  call('io_setup', 'syscalls fs fs_async_io', prototype('unsigned int nr_events, io_context_t* ctx_idp')),
  call('io_destroy', 'syscalls fs fs_async_io', prototype('unsigned long ctx_id')),
  call(
    'io_getevents',
    'syscalls fs fs_async_io',
    prototype(
      'unsigned long ctx_id, long min_nr, long nr, struct io_event* events, struct timespec* timeout',
    ),
  ),
  call(
    'io_submit',
    'syscalls fs fs_async_io',
    prototype('unsigned long ctx_id, long nr, struct iocb** iocbpp'),
  ),
  call(
    'io_cancel',
    'syscalls fs fs_async_io',
    prototype('unsigned long ctx_id, struct iocb* iocb, struct io_event* result'),
  ),
  call('epoll_create', 'syscalls fs fs_mux_io', prototype('int size')),
  call('epoll_ctl_old', 'syscalls fs fs_mux_io', []),
  call('epoll_wait_old', 'syscalls fs fs_mux_io', []),
  call(
    'epoll_wait',
    'syscalls fs fs_mux_io',
    prototype('int epfd, struct epoll_event* events, int maxevents, int timeout'),
  ),
  call(
    'epoll_ctl',
    'syscalls fs fs_mux_io',
    prototype('int epfd, int op, int fd, struct epoll_event* event'),
  ),
  call('inotify_init', 'syscalls fs fs_monitor', []),
  call('inotify_add_watch', 'syscalls fs fs_monitor', prototype('int fd, const char* pathname, u32 mask')),
  call('inotify_rm_watch', 'syscalls fs fs_monitor', prototype('int fd, int wd')),
  call(
    'openat',
    'default syscalls fs fs_file_ops',
    prototype('int dirfd, const char* pathname, int flags, mode_t mode'),
  ),
  call(
    'mknodat',
    'default syscalls fs fs_file_ops',
    prototype('int dirfd, const char* pathname, mode_t mode, dev_t dev'),
  ),
  call(
    'renameat',
    'syscalls fs fs_file_ops',
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath'),
  ),
  call(
    'pselect6',
    'syscalls fs fs_mux_io',
    prototype(
      'int nfds, fd_set* readfds, fd_set* writefds, fd_set* exceptfds, struct timespec* timeout, void* sigmask',
    ),
  ),
  call(
    'ppoll',
    'syscalls fs fs_mux_io',
    prototype(
      'struct pollfd* fds, unsigned int nfds, struct timespec* tmo_p, const sigset_t* sigmask, size_t sigsetsize',
    ),
  ),
  call(
    'sync_file_range',
    'syscalls fs fs_sync',
    prototype('int fd, off_t offset, off_t nbytes, unsigned int flags'),
  ),
  call(
    'epoll_pwait',
    'syscalls fs fs_mux_io',
    prototype(
      'int epfd, struct epoll_event* events, int maxevents, int timeout, const sigset_t* sigmask, size_t sigsetsize',
    ),
  ),
  call('fallocate', 'syscalls fs fs_file_ops', prototype('int fd, int mode, off_t offset, off_t len')),
  call('epoll_create1', 'syscalls fs fs_mux_io', prototype('int flags')),
  call('dup3', 'default syscalls fs fs_fd_ops', prototype('int oldfd, int newfd, int flags')),
  call('inotify_init1', 'syscalls fs fs_monitor', prototype('int flags')),
  call(
    'preadv',
    'syscalls fs fs_read_write',
    prototype(
      'int fd, const struct iovec* iov, unsigned long iovcnt, unsigned long pos_l, unsigned long pos_h',
    ),
  ),
  call(
    'pwritev',
    'syscalls fs fs_read_write',
    prototype('int fd, const struct iovec* iov, int iovcnt, off_t offset'),
  ),
  call(
    'fanotify_init',
    'syscalls fs fs_monitor',
    prototype('unsigned int flags, unsigned int event_f_flags'),
  ),
  call(
    'fanotify_mark',
    'syscalls fs fs_monitor',
    prototype('int fanotify_fd, unsigned int flags, u64 mask, int dirfd, const char* pathname'),
  ),
  call(
    'name_to_handle_at',
    'syscalls fs fs_file_ops',
    prototype('int dirfd, const char* pathname, struct file_handle* handle, int* mount_id, int flags'),
  ),
  call(
    'open_by_handle_at',
    'syscalls fs fs_file_ops',
    prototype('int mount_fd, const void* handle, int flags'),
  ),
  call('syncfs', 'syscalls fs fs_sync', prototype('int fd')),
  call(
    'renameat2',
    'syscalls fs fs_file_ops',
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath, unsigned int flags'),
  ),
  call('memfd_create', 'default syscalls fs fs_file_ops', prototype('const char* name, unsigned int flags')),
  call(
    'copy_file_range',
    'syscalls fs fs_read_write',
    prototype('int fd_in, off_t* off_in, int fd_out, off_t* off_out, size_t len, unsigned int flags'),
  ),
  call(
    'preadv2',
    'syscalls fs fs_read_write',
    prototype(
      'int fd, const struct iovec* iov, unsigned long iovcnt, unsigned long pos_l, unsigned long pos_h, int flags',
    ),
  ),
  call(
    'pwritev2',
    'syscalls fs fs_read_write',
    prototype(
      'int fd, const struct iovec* iov, int iovcnt, off_t offset, unsigned long offset_high, int flags',
    ),
  ),
  call(
    'io_pgetevents',
    'syscalls fs fs_async_io',
    prototype(
      'unsigned long ctx_id, long min_nr, long nr, struct io_event* events, struct timespec* timeout, const struct __aio_sigset* usig',
    ),
  ),
  call('close_range', 'default syscalls fs fs_file_ops', prototype('unsigned int first, unsigned int last')),
  call(
    'openat2',
    'default syscalls fs fs_file_ops',
    prototype('int dirfd, const char* pathname, struct open_how* how, size_t size'),
  ),
  call(
    'epoll_pwait2',
    'syscalls fs fs_mux_io',
    prototype(
      'int fd, struct epoll_event* events, int maxevents, const struct timespec* timeout, const sigset_t* sigset',
    ),
  ),
  call('memfd_secret', 'syscalls fs fs_file_ops', prototype('unsigned int flags')),
];
