import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

/** `syscall` is the call's id in the catalogue, -1 where the caller's `number` is no call at all. */
const everyCall = prototype('int syscall, long number', { syscall: { vocabulary: 'syscall' } });

/**
 * The life of processes. Numbers up to 1004 are the original's; `sched_process_exec` came to it later.
 * The original gave thread ids under the names `parent_pid` and `child_pid`; here `pid` is a process and
 * `tid` a thread everywhere.
 */
export const processEvents: readonly EventDefinition[] = [
  {
    id: 1000,
    name: 'sys_enter',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sys_enter', program: 'every_call' },
    arguments: everyCall,
  },
  {
    id: 1001,
    name: 'sys_exit',
    sets: [],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sys_exit', program: 'every_return' },
    arguments: everyCall,
  },
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
    id: 1004,
    name: 'do_exit',
    sets: ['proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'do_exit', standIn: 'sched_process_exit' },
    arguments: [],
  },
  {
    id: 1030,
    name: 'sched_process_exec',
    sets: ['default', 'proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sched_process_exec' },
    arguments: prototype(
      'const char* cmdpath, const char* pathname, const char*const* argv, dev_t dev, unsigned long inode, unsigned int storage, size_t size',
      { storage: { vocabulary: 'storage' } },
    ),
  },
  {
    id: 1042,
    name: 'loader_environment',
    sets: ['proc', 'proc_life'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'sched_process_exec' },
    arguments: prototype(
      'const char* pathname, const char*const* variables, const char*const* options, size_t size, size_t scanned, bool is_secure',
    ),
  },
  {
    id: 1043,
    name: 'signal_generate',
    sets: ['proc', 'signals'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'signal_generate' },
    arguments: prototype('int signal, int code, pid_t target_pid, pid_t target_ns_pid, bool is_traced', {
      signal: { vocabulary: 'signal' },
    }),
  },
  {
    id: 1044,
    name: 'module_load',
    sets: ['system', 'system_module'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'module_load' },
    arguments: prototype('const char* name, unsigned long taints'),
  },
  {
    id: 1046,
    name: 'module_request',
    sets: ['system', 'system_module'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'module_request' },
    arguments: prototype('const char* name, bool is_waiting'),
  },
  {
    id: 1102,
    name: 'module_free',
    sets: ['system', 'system_module'],
    source: 'kernel',
    hooks: { kind: 'tracepoint', tracepoint: 'module_free' },
    arguments: prototype('const char* name, unsigned long taints'),
  },
  {
    id: 1103,
    /** A signal that ends the process, once for each process; and one of an error that a handler catches. */
    name: 'signal_deliver',
    sets: ['proc', 'signals'],
    source: 'kernel',
    hooks: {
      kind: 'tracepoint',
      tracepoint: 'signal_deliver',
      beside: { tracepoint: 'signal_generate', program: 'signal_sender' },
    },
    arguments: prototype(
      'int signal, int code, pid_t sender_pid, pid_t sender_ns_pid, const char* sender_comm, bool ends_process, bool dumps_core',
      { signal: { vocabulary: 'signal' } },
    ),
  },
];
