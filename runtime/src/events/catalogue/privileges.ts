import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

/**
 * What processes may do, to themselves and to others, and BPF, with which they can change what the kernel does. Numbers up
 * to 1023 are the original's. `syscall` is the event of the system call that led there, -1 for none.
 */
export const privilegeEvents: readonly EventDefinition[] = [
  {
    id: 1005,
    name: 'cap_capable',
    sets: ['default'],
    source: 'kernel',
    looksAtCall: true,
    hooks: { kind: 'function', function: 'cap_capable', lsm: 'capable' },
    arguments: prototype('int cap, int syscall', {
      cap: { vocabulary: 'capability' },
      syscall: { vocabulary: 'syscall' },
    }),
  },
  {
    id: 1009,
    name: 'commit_creds',
    sets: ['proc', 'proc_ids'],
    source: 'kernel',
    looksAtCall: true,
    hooks: { kind: 'function', function: 'commit_creds' },
    arguments: prototype(
      'slim_cred_t old_cred, slim_cred_t new_cred, int syscall, uid_t old_euid, uid_t new_euid',
      { syscall: { vocabulary: 'syscall' } },
    ),
  },
  {
    id: 1010,
    name: 'switch_task_ns',
    sets: ['proc'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'switch_task_namespaces' },
    arguments: prototype(
      'pid_t pid, u32 new_mnt, u32 new_pid, u32 new_uts, u32 new_ipc, u32 new_net, u32 new_cgroup',
    ),
  },
  {
    id: 1022,
    name: 'security_bpf',
    sets: ['lsm_hooks', 'system'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_bpf', lsm: 'bpf', carriers: ['bpf'] },
    arguments: prototype('int cmd', { cmd: { vocabulary: 'bpfCommand' } }),
  },
  {
    id: 1023,
    name: 'security_bpf_map',
    sets: ['lsm_hooks', 'system'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_bpf_map', lsm: 'bpf_map' },
    arguments: prototype('unsigned int map_id, const char* map_name'),
  },
  {
    id: 1061,
    name: 'security_bpf_prog',
    sets: ['lsm_hooks', 'system'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_bpf_prog', lsm: 'bpf_prog' },
    arguments: prototype('int type, const char* name, u32 id, unsigned int instructions'),
  },
  {
    id: 1062,
    name: 'security_ptrace_access_check',
    sets: ['lsm_hooks', 'proc'],
    source: 'kernel',
    hooks: { kind: 'function', function: 'security_ptrace_access_check', lsm: 'ptrace_access_check' },
    arguments: prototype(
      'pid_t target_pid, pid_t target_ns_pid, const char* target_comm, unsigned int mode',
      { mode: { vocabulary: 'ptraceMode' } },
    ),
  },
  {
    id: 1064,
    name: 'security_task_prctl',
    sets: ['lsm_hooks', 'proc'],
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_task_prctl',
      lsm: 'task_prctl',
      carriers: ['prctl'],
    },
    arguments: prototype(
      'int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5',
      {
        option: { vocabulary: 'prctlOption' },
        arg2: { vocabulary: 'prctlArgument2' },
        arg3: { vocabulary: 'prctlArgument3' },
      },
    ),
  },
];
