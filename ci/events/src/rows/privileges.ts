import type { EventRow } from './row.js';

/** Numbers of system calls on x86-64, which stand for the call everywhere. */
const calls = { mmap: 9, setresuid: 117, capset: 126, chroot: 161 };

const isCall =
  (name: keyof typeof calls) =>
  (value: unknown): boolean =>
    value === calls[name] || value === name;

const isPositive = (value: unknown): boolean => Number(value) > 0;

/** Privileges, other processes, and BPF. */
export const privilegeRows: readonly EventRow[] = [
  {
    event: 'cap_capable',
    act: 'a process changes its root directory',
    script: 'exec $ACTS/act-privileges chroot',
    expects: { cap: 'CAP_SYS_CHROOT', syscall: isCall('chroot') },
  },
  {
    event: 'cap_capable',
    act: 'the kernel looks by itself whether it may overcommit memory',
    script: 'exec $ACTS/act-privileges map',
    isQuiet: true,
    expects: { syscall: isCall('mmap') },
  },
  {
    event: 'commit_creds',
    act: 'root becomes another user',
    script: 'exec $ACTS/act-privileges setuid',
    expects: {
      old_cred: /^Uid=0 Gid=0 Suid=0 Sgid=0 Euid=0 Egid=0 Fsuid=0 Fsgid=0 .*CapEffective=0x[1-9a-f]/,
      new_cred: /^Uid=0 Gid=0 Suid=0 Sgid=0 Euid=1234 Egid=0 Fsuid=1234 Fsgid=0 .*CapEffective=0x0 /,
      syscall: isCall('setresuid'),
      old_euid: 0,
      new_euid: 1234,
    },
  },
  {
    event: 'commit_creds',
    act: 'a process drops capabilities',
    script: 'exec $ACTS/act-privileges capset',
    expects: { new_cred: /^Uid=0 .*CapEffective=0x20 /, syscall: isCall('capset'), new_euid: 0 },
  },
  {
    event: 'commit_creds',
    act: 'a process asks for the ids that it has',
    script: 'exec $ACTS/act-privileges setuid-same',
    isQuiet: true,
    expects: { syscall: isCall('setresuid') },
  },
  {
    event: 'switch_task_ns',
    act: 'a process leaves two of its namespaces',
    script: 'exec $ACTS/act-privileges unshare',
    expects: {
      pid: isPositive,
      new_mnt: null,
      new_pid: null,
      new_uts: isPositive,
      new_ipc: isPositive,
      new_net: null,
      new_cgroup: null,
    },
  },
  {
    event: 'switch_task_ns',
    act: 'a process enters the namespace in which it is',
    script: 'exec $ACTS/act-privileges setns-same',
    isQuiet: true,
    expects: {},
  },
  {
    event: 'security_task_prctl',
    act: 'a process asks for a signal',
    script: 'exec $ACTS/act-privileges prctl',
    expects: {
      option: 'PR_SET_PDEATHSIG',
      arg2: 'SIGTERM',
      arg3: 0,
      arg4: 0,
      arg5: 0,
    },
  },
  {
    event: 'security_task_prctl',
    act: 'a process asks for what there is not',
    script: 'exec $ACTS/act-privileges prctl-nonsense',
    expects: { option: (value) => Number(value) === 0x7ffe, arg2: 1, arg3: 2, arg4: 3, arg5: 4 },
  },
  {
    event: 'security_ptrace_access_check',
    act: 'a process reads the memory of its child',
    script: 'exec $ACTS/act-privileges read-memory',
    expects: ({ pid }) => ({
      target_pid: isPositive,
      target_ns_pid: (value) => isPositive(value) && value !== pid,
      target_comm: 'act-privileges',
      mode: 'PTRACE_MODE_ATTACH|PTRACE_MODE_REALCREDS',
    }),
  },
  {
    event: 'security_ptrace_traceme',
    act: 'a process wants its parent to trace it',
    script: 'exec $ACTS/ad-traceme',
    expects: { parent_pid: isPositive, parent_comm: 'sh' },
  },
  {
    event: 'security_bpf',
    act: 'a map is made',
    script: 'exec $ACTS/act-bpf map',
    expects: { cmd: 'BPF_MAP_CREATE' },
  },
  {
    event: 'security_bpf_map',
    act: 'a map is made',
    script: 'exec $ACTS/act-bpf map',
    expects: { map_id: isPositive, map_name: 'act_map' },
  },
  {
    event: 'security_bpf_prog',
    act: 'a program is loaded',
    script: 'exec $ACTS/act-bpf program',
    expects: {
      type: 1,
      name: 'act_prog',
      id: isPositive,
      instructions: 2,
    },
  },
  {
    event: 'seccomp_filter',
    act: 'a process filters its own system calls',
    script: 'exec $ACTS/act-privileges seccomp',
    expects: { flags: 0, count: 1, program: '060000000000ff7f' },
  },
];
