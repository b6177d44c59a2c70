import type { EventDefinition } from '../types.js';

/** System calls. Numbers: `arch/x86/entry/syscalls/*.tbl` and `include/uapi/asm-generic/unistd.h`, `arch/arm/tools/syscall.tbl`. */
export const syscallEvents: readonly EventDefinition[] = [
  {
    id: 59,
    name: 'execve',
    sets: ['default', 'syscalls', 'proc', 'proc_life'],
    source: 'user',
    syscall: { x86_64: 59, i386: 11, arm64: 221, arm: 11, hasCompatEntry: true, isReadOnEntry: true },
    arguments: [
      { name: 'pathname', type: 'const char*' },
      { name: 'argv', type: 'const char*const*' },
      { name: 'envp', type: 'const char*const*', onRequest: true },
    ],
  },
  {
    id: 101,
    name: 'ptrace',
    sets: ['default', 'syscalls', 'proc'],
    source: 'user',
    syscall: { x86_64: 101, i386: 26, arm64: 117, arm: 26, hasCompatEntry: true },
    arguments: [
      { name: 'request', type: 'long', vocabulary: 'ptraceRequest' },
      { name: 'pid', type: 'pid_t' },
      { name: 'addr', type: 'void*' },
      { name: 'data', type: 'void*' },
    ],
  },
  {
    id: 322,
    name: 'execveat',
    sets: ['default', 'syscalls', 'proc', 'proc_life'],
    source: 'user',
    syscall: { x86_64: 322, i386: 358, arm64: 281, arm: 387, hasCompatEntry: true, isReadOnEntry: true },
    arguments: [
      { name: 'dirfd', type: 'int' },
      { name: 'pathname', type: 'const char*' },
      { name: 'argv', type: 'const char*const*' },
      { name: 'envp', type: 'const char*const*', onRequest: true },
      { name: 'flags', type: 'int', vocabulary: 'execveatFlags' },
    ],
  },
];
