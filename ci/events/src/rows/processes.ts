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
    event: 'signal_generate',
    act: 'a process sends a signal to itself',
    script: 'trap : USR1; kill -USR1 $$; true',
    expects: ({ pid }) => ({ signal: 'SIGUSR1', code: 0, target_ns_pid: pid, is_traced: 0 }),
  },
];
