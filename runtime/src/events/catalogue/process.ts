import type { EventDefinition } from '../types.js';

/**
 * The life of processes. Numbers 1002 and 1003 are the original's; `sched_process_exec` came to it later.
 * The original gave thread ids under the names `parent_pid` and `child_pid`; here `pid` is a process and
 * `tid` a thread everywhere.
 */
export const processEvents: readonly EventDefinition[] = [
  {
    id: 1002,
    name: 'sched_process_fork',
    sets: ['proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sched_process_fork' },
    arguments: [
      { name: 'parent_tid', type: 'int' },
      { name: 'parent_ns_tid', type: 'int' },
      { name: 'parent_pid', type: 'int' },
      { name: 'parent_ns_pid', type: 'int' },
      { name: 'child_tid', type: 'int' },
      { name: 'child_ns_tid', type: 'int' },
      { name: 'child_pid', type: 'int' },
      { name: 'child_ns_pid', type: 'int' },
    ],
  },
  {
    id: 1003,
    name: 'sched_process_exit',
    sets: ['default', 'proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sched_process_exit' },
    arguments: [
      { name: 'exit_code', type: 'int' },
      { name: 'process_group_exit', type: 'bool' },
    ],
  },
  {
    id: 1030,
    name: 'sched_process_exec',
    sets: ['default', 'proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sched_process_exec' },
    arguments: [
      { name: 'cmdpath', type: 'const char*' },
      { name: 'pathname', type: 'const char*' },
      { name: 'argv', type: 'const char*const*' },
      { name: 'dev', type: 'dev_t' },
      { name: 'inode', type: 'unsigned long' },
    ],
  },
];
