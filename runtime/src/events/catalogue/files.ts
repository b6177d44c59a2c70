import type { EventDefinition } from '../types.js';

/** Files as the kernel's security hooks see them: after the path was resolved and copied. */
export const fileEvents: readonly EventDefinition[] = [
  {
    id: 1013,
    name: 'security_bprm_check',
    sets: ['default', 'lsm_hooks', 'proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_bprm_check', lsm: 'bprm_check_security' },
    arguments: [
      { name: 'pathname', type: 'const char*' },
      { name: 'dev', type: 'dev_t' },
      { name: 'inode', type: 'unsigned long' },
    ],
  },
  {
    id: 1014,
    name: 'security_file_open',
    sets: ['default', 'lsm_hooks', 'fs', 'fs_file_ops'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_file_open', lsm: 'file_open' },
    arguments: [
      { name: 'pathname', type: 'const char*' },
      { name: 'flags', type: 'int', vocabulary: 'openFlags' },
      { name: 'dev', type: 'dev_t' },
      { name: 'inode', type: 'unsigned long' },
    ],
  },
];
