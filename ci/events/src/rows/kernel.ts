import type { EventRow } from './row.js';

/** What the kernel does for processes beside their calls: ends, writes, control groups, requests through io_uring. */

const isNumber = (value: unknown): boolean => Number(value) > 0;
const isCount = (value: unknown): boolean => Number(value) >= 0;
/** `user_data` of act-ring: more than a number of JSON holds. */
const mark = '1234605616436508552';

const callRows: readonly EventRow[] = [
  {
    event: 'sys_enter',
    act: 'a system call begins',
    script: 'exec $ACTS/act-writes at',
    expects: { syscall: 'pwrite64', number: (value) => value === 18 || value === 68 },
  },
  {
    event: 'sys_enter',
    act: 'a call begins by the 32-bit interface',
    script: 'exec $ACTS/act-writes at-compat',
    expects: { syscall: 'pwrite64', number: 181 },
  },
  {
    event: 'sys_exit',
    act: 'a system call returns what it did',
    script: 'exec $ACTS/act-writes at',
    returnValue: 5,
    expects: { syscall: 'pwrite64', number: (value) => value === 18 || value === 68 },
  },
  {
    event: 'sys_exit',
    act: 'a system call fails',
    script: 'exec $ACTS/act-writes in-vain',
    returnValue: -9,
    expects: { syscall: 'write' },
  },
  {
    event: 'sys_exit',
    act: 'a call returns by the 32-bit interface',
    script: 'exec $ACTS/act-writes vector-compat',
    returnValue: 9,
    expects: { syscall: 'writev', number: 146 },
  },
];

const endRows: readonly EventRow[] = [
  {
    event: 'do_exit',
    act: 'a process ends with a status',
    script: '(exit 3); true',
    process: 'child',
    returnValue: 3 << 8,
    expects: {},
  },
  {
    event: 'do_exit',
    act: 'a process ends by a signal',
    script: 'exec $ACTS/act-ends kill',
    process: 'child',
    returnValue: 9,
    expects: {},
  },
  {
    event: 'sched_process_exit',
    act: 'the first thread ends before its process',
    script: 'exec $ACTS/act-ends leader-first',
    process: 'child',
    expects: { exit_code: 3 << 8, process_group_exit: 0 },
  },
  {
    event: 'signal_deliver',
    act: 'a process is killed',
    script: 'exec $ACTS/act-ends kill',
    process: 'child',
    expects: ({ pid }) => ({ ...endedBy(pid), signal: 'SIGKILL', dumps_core: 0 }),
  },
  {
    event: 'signal_deliver',
    act: 'a process is asked to end',
    script: 'exec $ACTS/act-ends terminate',
    process: 'child',
    expects: ({ pid }) => ({ ...endedBy(pid), signal: 'SIGTERM', dumps_core: 0 }),
  },
  {
    event: 'signal_deliver',
    act: 'a process writes to memory that is not there',
    script: 'exec $ACTS/act-ends fault',
    process: 'child',
    expects: {
      signal: 'SIGSEGV',
      code: 1,
      sender_pid: null,
      sender_comm: null,
      ends_process: 1,
      dumps_core: 1,
    },
  },
  {
    event: 'signal_deliver',
    act: 'a process handles a signal of errors',
    script: 'trap "exit 0" SEGV; kill -SEGV $$; exit 1',
    expects: ({ pid }) => ({
      signal: 'SIGSEGV',
      code: 0,
      sender_ns_pid: pid,
      ends_process: 0,
      dumps_core: 0,
    }),
  },
  {
    event: 'signal_deliver',
    act: 'a process handles a signal that is no error',
    script: 'trap "exit 0" USR1; kill -USR1 $$; exit 1',
    isQuiet: true,
    expects: { signal: 'SIGUSR1' },
  },
];

function endedBy(pid: number): Readonly<Record<string, string | number>> {
  return { code: 0, sender_ns_pid: pid, sender_comm: 'act-ends', ends_process: 1 };
}

const writeRows: readonly EventRow[] = [
  {
    event: 'vfs_write',
    act: 'a file is written for a second time',
    script: 'exec $ACTS/act-writes twice',
    returnValue: 10,
    expects: ({ directory }) => ({ pathname: `${directory}/file`, inode: isNumber, count: 10, pos: 5 }),
  },
  {
    event: 'vfs_write',
    act: 'a file is written at a place of its own',
    script: 'exec $ACTS/act-writes at',
    returnValue: 5,
    expects: ({ directory }) => ({ pathname: `${directory}/file`, count: 5, pos: 0x1_0000_0064 }),
  },
  {
    event: 'vfs_write',
    act: 'a 32-bit call writes at a place that it names in halves',
    script: 'exec $ACTS/act-writes at-compat',
    returnValue: 5,
    expects: { count: 5, pos: 0x1_0000_0064 },
  },
  {
    event: 'vfs_write',
    act: 'a file that is open for reading is written in vain',
    script: 'exec $ACTS/act-writes in-vain',
    returnValue: -9,
    expects: ({ directory }) => ({ pathname: `${directory}/file`, count: 7, pos: 0 }),
  },
  {
    event: 'vfs_writev',
    act: 'a file is written from several places',
    script: 'exec $ACTS/act-writes vector',
    returnValue: 22,
    expects: ({ directory }) => ({ pathname: `${directory}/file`, inode: isNumber, vlen: 4, pos: 0 }),
  },
  {
    event: 'vfs_writev',
    act: 'a file is written from several places, at a place of its own',
    script: 'exec $ACTS/act-writes vector-at',
    returnValue: 22,
    expects: { vlen: 4, pos: 10 },
  },
  {
    event: 'magic_write',
    act: 'a file gets its first bytes',
    script: 'exec $ACTS/act-writes twice',
    returnValue: 5,
    expects: ({ directory }) => ({ pathname: `${directory}/file`, bytes: '6669727374', inode: isNumber }),
  },
  {
    event: 'magic_write',
    act: 'a file gets its first bytes from several places',
    script: 'exec $ACTS/act-writes vector',
    returnValue: 22,
    expects: { bytes: Buffer.from('\x7fELFand the rest of it').subarray(0, 20).toString('hex') },
  },
  {
    event: 'magic_write',
    act: 'a 32-bit call gives a file its first bytes from several places',
    script: 'exec $ACTS/act-writes vector-compat',
    returnValue: 9,
    expects: { bytes: Buffer.from('in halves').toString('hex') },
  },
  ...['to-nothing', 'to-pipe', 'at'].map((place) => ({
    event: 'magic_write',
    act: `what is written is not where a file begins: ${place}`,
    script: `exec $ACTS/act-writes ${place}`,
    returnValue: isNumber,
    isQuiet: true as const,
    expects: {},
  })),
];

const groupRows: readonly EventRow[] = ['cgroup_mkdir', 'cgroup_rmdir', 'cgroup_attach_task'].map(
  (event) => ({
    event,
    act: 'a control group is made, gets a process, and is removed',
    script: 'exec $ACTS/act-cgroups use',
    expects: ({ pid }) => ({
      cgroup_path: /^(?:\/.*)?\/tracee-act$/,
      cgroup_id: isNumber,
      hierarchy_id: 0,
      ...(event === 'cgroup_attach_task' && {
        comm: 'act-cgroups',
        pid: (value) => isNumber(value) && value !== pid,
        is_whole_process: 1,
      }),
    }),
  }),
);

const withModule = '[ -e $ACTS/module.ko ] || exit 77';

const moduleRows: readonly EventRow[] = [
  {
    event: 'module_load',
    act: 'a module is loaded',
    script: `${withModule}; exec $ACTS/act-modules insert $ACTS/module.ko`,
    isForVm: true,
    expects: { name: 'dummy', taints: isCount },
  },
  {
    event: 'security_kernel_read_file',
    act: 'a file is given to the kernel that is no module',
    script: 'exec $ACTS/km-load finit',
    isForVm: true,
    expects: ({ directory }) => ({ pathname: `${directory}/driver.ko`, type: /module/i, inode: isNumber }),
  },
  {
    event: 'security_kernel_load_data',
    act: 'bytes are given to the kernel that are no module',
    script: 'exec $ACTS/km-load init',
    isForVm: true,
    expects: { type: /module/i },
  },
  {
    event: 'module_request',
    act: 'the kernel looks for a module that a call wants',
    script: 'exec $ACTS/act-modules request',
    isForVm: true,
    expects: { name: /^net-pf-41/, is_waiting: 1 },
  },
  {
    event: 'module_free',
    act: 'a module is removed',
    script: `${withModule}; $ACTS/act-modules insert $ACTS/module.ko; exec $ACTS/act-modules remove`,
    isForVm: true,
    expects: { name: 'dummy' },
  },
];

const ringRows: readonly EventRow[] = [
  {
    event: 'io_uring_submit_sqe',
    act: 'a file is opened by a request',
    script: 'exec $ACTS/act-ring open',
    expects: { opcode: 'IORING_OP_OPENAT', fd: 'AT_FDCWD', pathname: 'file', user_data: mark, flags: 0 },
  },
  {
    event: 'io_uring_submit_sqe',
    act: 'a file is written by a request',
    script: 'exec $ACTS/act-ring write',
    expects: ({ directory }) => ({
      ...{ opcode: 'IORING_OP_WRITE', pathname: `${directory}/file`, user_data: mark, flags: 0 },
      ...{ fd: isNumber, inode: isNumber },
    }),
  },
  {
    event: 'io_uring_submit_sqe',
    act: 'a request has no file',
    script: 'exec $ACTS/act-ring nothing',
    expects: { opcode: 'IORING_OP_NOP', fd: null, pathname: null, user_data: mark },
  },
  {
    event: 'io_uring_queue_async_work',
    act: 'a write is left to a thread of the kernel',
    script: 'exec $ACTS/act-ring pool',
    expects: ({ directory }) => ({
      ...{ opcode: 'IORING_OP_WRITE', pathname: `${directory}/file`, user_data: mark, inode: isNumber },
    }),
  },
];

export const kernelRows: readonly EventRow[] = [
  ...callRows,
  ...endRows,
  ...writeRows,
  ...groupRows,
  ...moduleRows,
  ...ringRows,
];
