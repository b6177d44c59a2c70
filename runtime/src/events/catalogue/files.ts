import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

const storage = { storage: { vocabulary: 'storage' } } as const;
const openers = ['open', 'openat', 'openat2', 'creat', 'open_by_handle_at'];

/**
 * Files as the kernel's security hooks see them: after the path was resolved and copied. Numbers up to 1023
 * are the original's; what it did not have begins at 1031.
 */
export const fileEvents: readonly EventDefinition[] = [
  {
    id: 1013,
    name: 'security_bprm_check',
    sets: ['default', 'lsm_hooks', 'proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_bprm_check', lsm: 'bprm_check_security' },
    arguments: prototype(
      'const char* pathname, dev_t dev, unsigned long inode, unsigned int storage, size_t size',
      storage,
    ),
  },
  {
    id: 1014,
    name: 'security_file_open',
    sets: ['default', 'lsm_hooks', 'fs', 'fs_file_ops'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_file_open', lsm: 'file_open', carriers: openers },
    arguments: prototype('const char* pathname, int flags, dev_t dev, unsigned long inode', {
      flags: { vocabulary: 'openFlags' },
    }),
  },
  {
    id: 1015,
    name: 'security_inode_unlink',
    sets: ['default', 'lsm_hooks', 'fs', 'fs_link_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_inode_unlink',
      lsm: 'inode_unlink',
      carriers: ['unlink', 'unlinkat'],
    },
    arguments: prototype('const char* pathname, dev_t dev, unsigned long inode, bool is_own_executable'),
  },
  {
    id: 1021,
    name: 'security_sb_mount',
    sets: ['default', 'lsm_hooks', 'fs'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_sb_mount', lsm: 'sb_mount', carriers: ['mount'] },
    arguments: prototype(
      'const char* dev_name, const char* path, const char* type, unsigned long flags, const char* directory',
    ),
  },
  {
    id: 1031,
    name: 'security_inode_rename',
    sets: ['lsm_hooks', 'fs', 'fs_link_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_inode_rename',
      lsm: 'inode_rename',
      carriers: ['rename', 'renameat', 'renameat2'],
    },
    arguments: prototype(
      'const char* old_path, const char* new_path, dev_t dev, unsigned long old_directory, unsigned long new_directory',
    ),
  },
  {
    id: 1032,
    name: 'security_inode_link',
    sets: ['lsm_hooks', 'fs', 'fs_link_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_inode_link',
      lsm: 'inode_link',
      carriers: ['link', 'linkat'],
    },
    arguments: prototype('const char* old_path, const char* new_path, dev_t dev, unsigned long directory'),
  },
  {
    id: 1033,
    name: 'security_inode_symlink',
    sets: ['lsm_hooks', 'fs', 'fs_link_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_inode_symlink',
      lsm: 'inode_symlink',
      carriers: ['symlink', 'symlinkat'],
    },
    arguments: prototype('const char* linkpath, const char* target, dev_t dev, unsigned long directory'),
  },
  {
    id: 1034,
    name: 'security_path_truncate',
    sets: ['lsm_hooks', 'fs', 'fs_file_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_path_truncate',
      lsm: 'path_truncate',
      carriers: ['truncate'],
    },
    arguments: prototype('const char* pathname, dev_t dev, unsigned long inode'),
  },
  {
    id: 1035,
    name: 'security_move_mount',
    sets: ['lsm_hooks', 'fs'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_move_mount',
      lsm: 'move_mount',
      carriers: ['move_mount'],
    },
    arguments: prototype('const char* from_path, const char* to_path'),
  },
  {
    id: 1036,
    name: 'security_kernel_read_file',
    sets: ['lsm_hooks', 'system', 'system_module'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_kernel_read_file',
      lsm: 'kernel_read_file',
      carriers: ['finit_module', 'kexec_file_load'],
    },
    arguments: prototype(
      'const char* pathname, int type, dev_t dev, unsigned long inode, unsigned int storage',
      { ...storage, type: { vocabulary: 'readFileType' } },
    ),
  },
  {
    id: 1037,
    name: 'security_kernel_load_data',
    sets: ['lsm_hooks', 'system', 'system_module'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_kernel_load_data',
      lsm: 'kernel_load_data',
      carriers: ['init_module', 'kexec_load'],
    },
    arguments: prototype(
      'int type, const char* pathname, dev_t dev, unsigned long inode, unsigned int storage',
      { ...storage, type: { vocabulary: 'loadDataType' } },
    ),
  },
  {
    id: 1047,
    name: 'memory_file_open',
    sets: ['fs', 'fs_file_ops'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'vfs_open', carriers: openers },
    arguments: prototype(
      'const char* pathname, int flags, unsigned int storage, dev_t dev, unsigned long inode, const char*const* argv',
      { ...storage, flags: { vocabulary: 'openFlags' } },
    ),
  },
  {
    id: 1063,
    name: 'security_inode_mknod',
    sets: ['lsm_hooks', 'fs', 'fs_file_ops'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_inode_mknod',
      lsm: 'inode_mknod',
      carriers: ['mknod', 'mknodat'],
    },
    arguments: prototype(
      'const char* file_name, mode_t mode, dev_t dev, dev_t file_system, unsigned long directory',
      { mode: { vocabulary: 'fileMode' } },
    ),
  },
  {
    /** A descriptor is installed that comes from another process, through a unix socket or from its table. */
    id: 1065,
    name: 'security_file_receive',
    sets: ['lsm_hooks', 'fs', 'fs_fd_ops'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_file_receive', lsm: 'file_receive' },
    arguments: prototype('const char* pathname, int flags, dev_t dev, unsigned long inode, mode_t mode', {
      flags: { vocabulary: 'openFlags' },
      mode: { vocabulary: 'fileMode' },
    }),
  },
];
