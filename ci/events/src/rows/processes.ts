import type { EventRow } from './row.js';

/** The life of processes, and what programs bring along. */
export const processRows: readonly EventRow[] = [
  {
    event: 'sched_process_fork',
    act: 'a child is forked',
    script: '/bin/true; true',
    expects: ({ pid }) => ({
      parent_tid: pid,
      parent_ns_tid: pid,
      parent_pid: pid,
      child_pid: (value) => Number(value) > 0 && value !== pid,
    }),
  },
  {
    event: 'sched_process_exec',
    act: 'a program is executed with arguments',
    script: 'exec /bin/sleep 0 0.0',
    comm: 'sleep',
    expects: {
      cmdpath: '/bin/sleep',
      pathname: /^\/(?:usr\/)?bin\/(?:sleep|busybox)$/,
      argv: ['/bin/sleep', '0', '0.0'],
      inode: (value) => Number(value) > 0,
    },
  },
  {
    event: 'sched_process_exit',
    act: 'a process ends with a status',
    script: '(exit 3); true',
    process: 'child',
    expects: { exit_code: 3 << 8, process_group_exit: 1 },
  },
  {
    event: 'security_bprm_check',
    act: 'a program is executed',
    script: 'exec /bin/sleep 0',
    expects: { pathname: /^\/(?:usr\/)?bin\/(?:sleep|busybox)$/, inode: (value) => Number(value) > 0 },
  },
  {
    event: 'loader_environment',
    act: 'a program is executed with a library that is loaded before all others',
    script: 'export LD_PRELOAD=/no/such/library.so LD_BIND_NOW=1; exec /bin/sleep 0 2>/dev/null',
    comm: 'sleep',
    expects: {
      pathname: /^\/(?:usr\/)?bin\/(?:sleep|busybox)$/,
      variables: (value) => Array.isArray(value) && value.includes('LD_PRELOAD=/no/such/library.so'),
      size: (value) => Number(value) > 0,
      is_secure: 0,
    },
  },
  {
    event: 'proc_pid_status',
    act: 'a process looks who traces it',
    script: 'read -r line </proc/$$/status; exec 3</proc/$$/status; read -r line <&3',
    expects: ({ pid }) => ({ ns_tid: pid, is_parent: 0 }),
  },
  {
    event: 'signal_generate',
    act: 'a process sends a signal to itself',
    script: 'trap : USR1; kill -USR1 $$; true',
    expects: ({ pid }) => ({ signal: 'SIGUSR1', code: 0, target_ns_pid: pid, is_traced: 0 }),
  },
];
