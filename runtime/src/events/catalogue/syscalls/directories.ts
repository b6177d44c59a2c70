import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Names and attributes of files, file systems. */
export const directoriesCalls: readonly EventDefinition[] = [
  call('stat', 'default syscalls fs fs_file_attr', prototype('const char* pathname, struct stat* statbuf')),
  call('fstat', 'default syscalls fs fs_file_attr', prototype('int fd, struct stat* statbuf')),
  call('lstat', 'default syscalls fs fs_file_attr', prototype('const char* pathname, struct stat* statbuf')),
  call('access', 'default syscalls fs fs_file_attr', prototype('const char* pathname, int mode')),
  call(
    'getdents',
    'default syscalls fs fs_dir_ops',
    prototype('int fd, struct linux_dirent* dirp, unsigned int count'),
  ),
  call('getcwd', 'syscalls fs fs_dir_ops', prototype('char* buf, size_t size')),
  call('chdir', 'syscalls fs fs_dir_ops', prototype('const char* path')),
  call('fchdir', 'syscalls fs fs_dir_ops', prototype('int fd')),
  call('mkdir', 'syscalls fs fs_dir_ops', prototype('const char* pathname, mode_t mode')),
  call('rmdir', 'syscalls fs fs_dir_ops', prototype('const char* pathname')),
  call('link', 'syscalls fs fs_link_ops', prototype('const char* oldpath, const char* newpath')),
  call('unlink', 'default syscalls fs fs_link_ops', prototype('const char* pathname')),
  call('symlink', 'default syscalls fs fs_link_ops', prototype('const char* target, const char* linkpath')),
  call(
    'readlink',
    'syscalls fs fs_link_ops',
    prototype('const char* pathname, char* buf, size_t bufsiz', { buf: { isAsLongAsResult: true } }),
  ),
  call('chmod', 'default syscalls fs fs_file_attr', prototype('const char* pathname, mode_t mode')),
  call('fchmod', 'default syscalls fs fs_file_attr', prototype('int fd, mode_t mode')),
  call(
    'chown',
    'default syscalls fs fs_file_attr',
    prototype('const char* pathname, uid_t owner, gid_t group'),
  ),
  call('fchown', 'default syscalls fs fs_file_attr', prototype('int fd, uid_t owner, gid_t group')),
  call(
    'lchown',
    'default syscalls fs fs_file_attr',
    prototype('const char* pathname, uid_t owner, gid_t group'),
  ),
  call('umask', 'syscalls fs fs_file_attr', prototype('mode_t mask')),
  call('utime', 'syscalls fs fs_file_attr', prototype('const char* filename, const struct utimbuf* times')),
  call('ustat', 'syscalls fs fs_info', prototype('dev_t dev, struct ustat* ubuf')),
  call('statfs', 'syscalls fs fs_info', prototype('const char* path, struct statfs* buf')),
  call('fstatfs', 'syscalls fs fs_info', prototype('int fd, struct statfs* buf')),
  call('sysfs', 'syscalls fs fs_info', prototype('int option')),
  call('pivot_root', 'syscalls fs', prototype('const char* new_root, const char* put_old')),
  call('chroot', 'syscalls fs fs_dir_ops', prototype('const char* path')),
  call(
    'mount',
    'default syscalls fs',
    prototype(
      'const char* source, const char* target, const char* filesystemtype, unsigned long mountflags, const void* data',
    ),
  ),
  call('umount', 'default syscalls fs', prototype('const char* target, int flags')),
  call('swapon', 'syscalls fs', prototype('const char* path, int swapflags')),
  call('swapoff', 'syscalls fs', prototype('const char* path')),
  call('nfsservctl', 'syscalls fs', []),
  call('readahead', 'syscalls fs', prototype('int fd, off_t offset, size_t count')),
  call(
    'setxattr',
    'syscalls fs fs_file_attr',
    prototype('const char* path, const char* name, const void* value, size_t size, int flags'),
  ),
  call(
    'lsetxattr',
    'syscalls fs fs_file_attr',
    prototype('const char* path, const char* name, const void* value, size_t size, int flags'),
  ),
  call(
    'fsetxattr',
    'syscalls fs fs_file_attr',
    prototype('int fd, const char* name, const void* value, size_t size, int flags'),
  ),
  call(
    'getxattr',
    'syscalls fs fs_file_attr',
    prototype('const char* path, const char* name, void* value, size_t size'),
  ),
  call(
    'lgetxattr',
    'syscalls fs fs_file_attr',
    prototype('const char* path, const char* name, void* value, size_t size'),
  ),
  call(
    'fgetxattr',
    'syscalls fs fs_file_attr',
    prototype('int fd, const char* name, void* value, size_t size'),
  ),
  call('listxattr', 'syscalls fs fs_file_attr', prototype('const char* path, void* list, size_t size')),
  call('llistxattr', 'syscalls fs fs_file_attr', prototype('const char* path, void* list, size_t size')),
  call('flistxattr', 'syscalls fs fs_file_attr', prototype('int fd, void* list, size_t size')),
  call('removexattr', 'syscalls fs fs_file_attr', prototype('const char* path, const char* name')),
  call('lremovexattr', 'syscalls fs fs_file_attr', prototype('const char* path, const char* name')),
  call('fremovexattr', 'syscalls fs fs_file_attr', prototype('int fd, const char* name')),
  call('lookup_dcookie', 'syscalls fs fs_dir_ops', prototype('u64 cookie, void* buffer, size_t len')),
  call(
    'getdents64',
    'default syscalls fs fs_dir_ops',
    prototype('unsigned int fd, struct linux_dirent64* dirp, unsigned int count'),
  ),
  call('fadvise64', 'syscalls fs', prototype('int fd, off_t offset, size_t len, int advice')),
  call('utimes', 'syscalls fs fs_file_attr', prototype('char* filename, struct timeval* times')),
  call('mkdirat', 'syscalls fs fs_dir_ops', prototype('int dirfd, const char* pathname, mode_t mode')),
  call(
    'fchownat',
    'default syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, uid_t owner, gid_t group, int flags'),
  ),
  call(
    'futimesat',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, struct timeval* times'),
  ),
  call(
    'newfstatat',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, struct stat* statbuf, int flags'),
  ),
  call(
    'unlinkat',
    'default syscalls fs fs_link_ops',
    prototype('int dirfd, const char* pathname, int flags'),
  ),
  call(
    'linkat',
    'syscalls fs fs_link_ops',
    prototype('int olddirfd, const char* oldpath, int newdirfd, const char* newpath, unsigned int flags'),
  ),
  call(
    'symlinkat',
    'default syscalls fs fs_link_ops',
    prototype('const char* target, int newdirfd, const char* linkpath'),
  ),
  call(
    'readlinkat',
    'syscalls fs fs_link_ops',
    prototype('int dirfd, const char* pathname, char* buf, int bufsiz', { buf: { isAsLongAsResult: true } }),
  ),
  call(
    'fchmodat',
    'default syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, mode_t mode, int flags'),
  ),
  call(
    'faccessat',
    'default syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, int mode, int flags'),
  ),
  call(
    'utimensat',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, struct timespec* times, int flags'),
  ),
  call('getrandom', 'syscalls fs', prototype('void* buf, size_t buflen, unsigned int flags')),
  call(
    'statx',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, int flags, unsigned int mask, struct statx* statxbuf'),
  ),
  call(
    'move_mount',
    'default syscalls fs',
    prototype('int from_dfd, const char* from_path, int to_dfd, const char* to_path, unsigned int flags'),
  ),
  call('fsopen', 'syscalls fs', prototype('const char* fsname, unsigned int flags')),
  call(
    'fsconfig',
    'syscalls fs',
    prototype('int* fs_fd, unsigned int cmd, const char* key, const void* value, int aux'),
  ),
  call('fsmount', 'syscalls fs', prototype('int fsfd, unsigned int flags, unsigned int ms_flags')),
  call('fspick', 'syscalls fs', prototype('int dirfd, const char* pathname, unsigned int flags')),
  call(
    'faccessat2',
    'default syscalls fs fs_file_attr',
    prototype('int fd, const char* path, int mode, int flag'),
  ),
  call(
    'mount_setattr',
    'syscalls fs',
    prototype('int dirfd, const char* pathname, unsigned int flags, struct mount_attr* uattr, size_t usize'),
  ),
  call(
    'cachestat',
    'syscalls fs fs_info',
    prototype(
      'unsigned int fd, struct cachestat_range* cstat_range, struct cachestat* cstat, unsigned int flags',
    ),
  ),
  call(
    'fchmodat2',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, mode_t mode, unsigned int flags'),
  ),
  call(
    'statmount',
    'syscalls fs fs_info',
    prototype('const struct mnt_id_req* req, struct statmount* buf, size_t bufsize, unsigned int flags'),
  ),
  call(
    'listmount',
    'syscalls fs fs_info',
    prototype('const struct mnt_id_req* req, u64* mnt_ids, size_t nr_mnt_ids, unsigned int flags'),
  ),
  call(
    'setxattrat',
    'syscalls fs fs_file_attr',
    prototype(
      'int dirfd, const char* pathname, unsigned int at_flags, const char* name, const struct xattr_args* args, size_t size',
    ),
  ),
  call(
    'getxattrat',
    'syscalls fs fs_file_attr',
    prototype(
      'int dirfd, const char* pathname, unsigned int at_flags, const char* name, struct xattr_args* args, size_t size',
    ),
  ),
  call(
    'listxattrat',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, unsigned int at_flags, void* list, size_t size'),
  ),
  call(
    'removexattrat',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, unsigned int at_flags, const char* name'),
  ),
  call(
    'open_tree_attr',
    'syscalls fs',
    prototype('int dirfd, const char* pathname, unsigned int flags, struct mount_attr* uattr, size_t usize'),
  ),
  call(
    'file_getattr',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, struct file_attr* attr, size_t usize, unsigned int at_flags'),
  ),
  call(
    'file_setattr',
    'syscalls fs fs_file_attr',
    prototype('int dirfd, const char* pathname, struct file_attr* attr, size_t usize, unsigned int at_flags'),
  ),
];
