import type { EventRow } from './row.js';

/** System calls, one or two of each group; test/e2e/conformance.test.ts compares all calls of real programs. */

const isNumber = (value: unknown): boolean => Number(value) > 0;
const here = 'AT_FDCWD';
const thirtyTwo = '[ -e $ACTS/act-calls-i386 ] || exit 77; exec $ACTS/act-calls-i386';

const fileRows: readonly EventRow[] = [
  {
    event: 'openat',
    act: 'a file is created',
    script: 'exec $ACTS/act-writes twice',
    returnValue: isNumber,
    expects: { dirfd: here, pathname: 'file', flags: /^O_RDWR\|.*O_CREAT/ },
  },
  {
    event: 'renameat2',
    act: 'a file gets another name',
    script: 'echo text >file; exec $ACTS/act-files rename',
    expects: { olddirfd: here, oldpath: 'file', newdirfd: here, newpath: 'other' },
  },
  {
    event: 'unlinkat',
    act: 'a file is removed',
    script: 'echo text >file; exec $ACTS/act-files unlink',
    expects: { dirfd: here, pathname: 'file', flags: '0' },
  },
  {
    event: 'truncate',
    act: 'a file is cut short by its name',
    script: 'echo text >file; exec $ACTS/act-files truncate',
    expects: { path: 'file', length: 1 },
  },
  {
    event: 'write',
    act: 'a file is written that is open for reading',
    script: 'exec $ACTS/act-writes in-vain',
    returnValue: -9,
    expects: { count: 7, buf: /^0x[0-9A-F]+$/ },
  },
  {
    event: 'pwritev',
    act: 'a file is written from several places, at a place of its own',
    script: 'exec $ACTS/act-writes vector-at',
    returnValue: 22,
    expects: { fd: isNumber, iovcnt: 4 },
  },
  {
    event: 'pipe2',
    act: 'a pipe is made',
    script: 'exec $ACTS/act-writes to-pipe',
    expects: { flags: '0' },
  },
  {
    event: 'mount',
    act: 'a file system is mounted in a mount namespace of its own',
    script: 'exec $ACTS/act-files mount',
    expects: { source: 'nothing', target: '.', filesystemtype: 'tmpfs', mountflags: 'MS_NOSUID' },
  },
];

const processRows: readonly EventRow[] = [
  {
    event: 'execve',
    act: 'a program is executed with arguments',
    script: 'exec /bin/sleep 0 0.0',
    expects: { pathname: '/bin/sleep', argv: ['/bin/sleep', '0', '0.0'] },
  },
  {
    event: 'execve',
    act: 'a program is not there',
    script: '/no/such/program 2>/dev/null; true',
    process: 'child',
    returnValue: -2,
    expects: { pathname: '/no/such/program', argv: ['/no/such/program'] },
  },
  {
    event: 'kill',
    act: 'a child is killed',
    script: 'exec $ACTS/act-ends kill',
    expects: { pid: isNumber, sig: 'SIGKILL' },
  },
  {
    event: 'wait4',
    act: 'a child is waited for',
    script: 'exec $ACTS/act-ends kill',
    returnValue: isNumber,
    expects: { pid: isNumber },
  },
  {
    event: 'exit_group',
    act: 'a process ends with a status',
    script: '(exit 3); true',
    process: 'child',
    expects: { status: 3 },
  },
  {
    event: 'unshare',
    act: 'a process gets a mount namespace',
    script: 'exec $ACTS/act-cgroups use',
    expects: { flags: 'CLONE_NEWNS' },
  },
  {
    event: 'io_uring_setup',
    act: 'a ring is made',
    script: 'exec $ACTS/act-ring nothing',
    returnValue: isNumber,
    expects: { entries: 4 },
  },
  {
    event: 'io_uring_enter',
    act: 'a request is handed in',
    script: 'exec $ACTS/act-ring nothing',
    returnValue: 1,
    expects: { fd: isNumber, to_submit: 1, min_complete: 1 },
  },
];

const lifeRows: readonly EventRow[] = [
  {
    event: 'clone',
    act: 'a child is made',
    script: '(exit 3); true',
    returnValue: isNumber,
    expects: {},
  },
  ...(['fork', 'vfork', 'clone3'] as const).map((event) => ({
    event,
    act: 'a child is made that ends at once',
    script: `exec $ACTS/act-life ${event}`,
    returnValue: isNumber,
    expects: {},
  })),
  {
    event: 'exit',
    act: 'a thread ends',
    script: '$ACTS/act-life exit; [ $? = 3 ]',
    process: 'child',
    comm: 'act-life',
    expects: { status: 3 },
  },
  {
    event: 'pause',
    act: 'a process waits for a signal, which comes',
    script: 'exec $ACTS/act-life pause',
    process: 'child',
    returnValue: (value) => Number(value) < 0,
    expects: {},
  },
  {
    event: 'rt_sigreturn',
    act: 'a process goes on after it has handled a signal',
    script: 'trap : USR1; kill -USR1 $$; true',
    expects: {},
  },
  {
    event: 'ptrace',
    act: 'a process asks to be traced',
    script: 'exec $ACTS/act-life ptrace',
    expects: { request: 'PTRACE_TRACEME' },
  },
  {
    event: 'process_vm_readv',
    act: "a process reads its child's memory",
    script: 'exec $ACTS/act-privileges read-memory',
    returnValue: 8,
    expects: { pid: isNumber, liovcnt: 1, riovcnt: 1 },
  },
  {
    event: 'vhangup',
    act: 'a process without a terminal hangs it up',
    script: 'exec $ACTS/act-life vhangup',
    process: 'child',
    expects: {},
  },
  {
    event: 'uretprobe',
    act: 'a process calls it that no probe has sent there, and is killed',
    script: 'exec $ACTS/act-life uretprobe',
    process: 'child',
    returnValue: (value) => typeof value === 'number',
    expects: {},
  },
];

const compatRows: readonly EventRow[] = [
  {
    event: 'openat',
    act: 'a program of 32 bits creates a file',
    script: thirtyTwo,
    returnValue: isNumber,
    expects: { dirfd: here, pathname: 'tracee-conformance-32' },
  },
  {
    event: 'mmap',
    act: 'a program of 32 bits maps memory',
    script: thirtyTwo,
    returnValue: isNumber,
    expects: { length: 8192, fd: -1 },
  },
  {
    event: 'close',
    act: 'a program of 32 bits closes what is not open',
    script: thirtyTwo,
    returnValue: -9,
    expects: { fd: 77 },
  },
];

export const callRows: readonly EventRow[] = [...fileRows, ...processRows, ...lifeRows, ...compatRows];
