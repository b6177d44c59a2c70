import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../../../src/events/catalogue/index.js';
import { vocabularies } from '../../../src/events/catalogue/syscalls/vocabularies.js';
import { describeValue, errorName, namesIn, numbersNamed, parseName } from '../../../src/events/names.js';
import type { ArgumentValue, EventArgument } from '../../../src/events/record.js';
import { constants } from '../../../src/events/vocabulary/constants.js';
import { wordsOf } from '../../../src/events/vocabulary/index.js';
import { entriesOf, groups, speakers } from '../../../src/events/vocabulary/speakers.js';

function argumentsOf(call: string, values: Readonly<Record<string, ArgumentValue>>): EventArgument[] {
  const event = catalogue.find(({ name }) => name === call);
  assert.ok(event, call);
  return event.arguments.flatMap((definition): EventArgument[] => {
    const value = values[definition.name];
    return value === undefined ? [] : [{ definition, value }];
  });
}

/** What each argument of a call is told as, and that the same words mean the same number again. */
function describe(call: string, values: Readonly<Record<string, number>>): unknown {
  const event = { isCompat: false, arguments: argumentsOf(call, values) };
  return Object.fromEntries(
    event.arguments.map((argument) => {
      const told = describeValue(argument, event);
      const { name, vocabulary } = argument.definition;
      if (vocabulary !== undefined && typeof told === 'string' && typeof argument.value === 'number') {
        const meant = parseName(vocabulary, told, event);
        assert.equal((meant ?? NaN) >>> 0, argument.value >>> 0, `${call}.${name}: ${told}`);
      }
      return [name, told];
    }),
  );
}

const rows: readonly (readonly [
  call: string,
  Readonly<Record<string, number>>,
  Readonly<Record<string, unknown>>,
])[] = [
  [
    'openat',
    { dirfd: -100, flags: 0o2000001, mode: 0 },
    { dirfd: 'AT_FDCWD', flags: 'O_WRONLY|O_CLOEXEC', mode: '0' },
  ],
  ['openat', { dirfd: 5, flags: 0o100, mode: 0o644 }, { dirfd: 5, flags: 'O_RDONLY|O_CREAT', mode: '0644' }],
  ['access', { mode: 0 }, { mode: 'F_OK' }],
  ['access', { mode: 5 }, { mode: 'R_OK|X_OK' }],
  ['chmod', { mode: 0o4755 }, { mode: '04755' }],
  ['mknod', { mode: 0o020666 }, { mode: 'S_IFCHR|0666' }],
  ['unlinkat', { flags: 0x200 }, { flags: 'AT_REMOVEDIR' }],
  ['faccessat2', { flag: 0x200 }, { flag: 'AT_EACCESS' }],
  [
    'statx',
    { flags: 0x1000, mask: 0xfff },
    { flags: 'AT_EMPTY_PATH', mask: 'STATX_BASIC_STATS|STATX_BTIME' },
  ],
  ['renameat2', { flags: 3 }, { flags: 'RENAME_NOREPLACE|RENAME_EXCHANGE' }],
  ['mmap', { prot: 5, flags: 0x22 }, { prot: 'PROT_READ|PROT_EXEC', flags: 'MAP_PRIVATE|MAP_ANONYMOUS' }],
  ['mmap', { prot: 0, flags: 3 }, { prot: 'PROT_NONE', flags: 'MAP_SHARED_VALIDATE' }],
  ['clone', { flags: 0x01200011 }, { flags: 'CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD' }],
  ['clone', { flags: 0x80000100 }, { flags: 'CLONE_VM|CLONE_IO' }],
  ['unshare', { flags: 0x20000 | 0x80 }, { flags: 'CLONE_NEWTIME|CLONE_NEWNS' }],
  ['setns', { nstype: 0 }, { nstype: '0' }],
  ['wait4', { options: 0x40000001 }, { options: 'WNOHANG|__WALL' }],
  ['kill', { sig: 9 }, { sig: 'SIGKILL' }],
  ['kill', { sig: 34 }, { sig: 'SIGRT_2' }],
  ['kill', { sig: 0 }, { sig: '0' }],
  ['ptrace', { request: 0x4206 }, { request: 'PTRACE_SEIZE' }],
  ['prctl', { option: 1, arg2: 15 }, { option: 'PR_SET_PDEATHSIG', arg2: 'SIGTERM' }],
  ['prctl', { option: 24, arg2: 21 }, { option: 'PR_CAPBSET_DROP', arg2: 'CAP_SYS_ADMIN' }],
  [
    'prctl',
    { option: 47, arg2: 2, arg3: 12 },
    { option: 'PR_CAP_AMBIENT', arg2: 'PR_CAP_AMBIENT_RAISE', arg3: 'CAP_NET_ADMIN' },
  ],
  ['prctl', { option: 4, arg2: 1 }, { option: 'PR_SET_DUMPABLE', arg2: 1 }],
  ['fcntl', { cmd: 4, arg: 0o4002 }, { cmd: 'F_SETFL', arg: 'O_RDWR|O_NONBLOCK' }],
  ['fcntl', { cmd: 2, arg: 1 }, { cmd: 'F_SETFD', arg: 'FD_CLOEXEC' }],
  ['fcntl', { cmd: 0, arg: 10 }, { cmd: 'F_DUPFD', arg: 10 }],
  ['ioctl', { request: 0x5401 }, { request: 'TCGETS' }],
  ['ioctl', { request: 0xc0ffee }, { request: '0xc0ffee' }],
  [
    'socket',
    { domain: 2, type: 0x80801, protocol: 6 },
    { domain: 'AF_INET', type: 'SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC', protocol: 'IPPROTO_TCP' },
  ],
  [
    'socket',
    { domain: 16, type: 3, protocol: 9 },
    { domain: 'AF_NETLINK', type: 'SOCK_RAW', protocol: 'NETLINK_AUDIT' },
  ],
  [
    'socket',
    { domain: 17, type: 3, protocol: 0x300 },
    { domain: 'AF_PACKET', type: 'SOCK_RAW', protocol: 'ETH_P_ALL' },
  ],
  ['socket', { domain: 1, type: 1, protocol: 0 }, { domain: 'AF_UNIX', type: 'SOCK_STREAM', protocol: 0 }],
  ['setsockopt', { level: 1, optname: 2 }, { level: 'SOL_SOCKET', optname: 'SO_REUSEADDR' }],
  ['setsockopt', { level: 6, optname: 1 }, { level: 'SOL_TCP', optname: 'TCP_NODELAY' }],
  ['getsockopt', { level: 41, optname: 26 }, { level: 'SOL_IPV6', optname: 'IPV6_V6ONLY' }],
  ['sendto', { flags: 0x4040 }, { flags: 'MSG_DONTWAIT|MSG_NOSIGNAL' }],
  ['futex', { futex_op: 0x81 }, { futex_op: 'FUTEX_WAKE|FUTEX_PRIVATE_FLAG' }],
  ['bpf', { cmd: 5 }, { cmd: 'BPF_PROG_LOAD' }],
  ['mount', { mountflags: 0x5000 }, { mountflags: 'MS_BIND|MS_REC' }],
  ['umount', { flags: 2 }, { flags: 'MNT_DETACH' }],
  ['shmget', { shmflg: 0o1600 }, { shmflg: 'IPC_CREAT|0600' }],
  ['msgctl', { cmd: 0x100 }, { cmd: 'IPC_RMID|IPC_64' }],
  ['quotactl', { cmd: 0x80000701 | 0 }, { cmd: 'Q_GETQUOTA|GRPQUOTA' }],
  ['reboot', { cmd: 0x01234567 }, { cmd: 'LINUX_REBOOT_CMD_RESTART' }],
  ['reboot', { cmd: 0xcdef0123 | 0 }, { cmd: 'LINUX_REBOOT_CMD_HALT' }],
  ['request_key', { dest_keyring: -3 }, { dest_keyring: 'KEY_SPEC_SESSION_KEYRING' }],
  ['request_key', { dest_keyring: 4711 }, { dest_keyring: 4711 }],
  ['personality', { persona: 0xffffffff }, { persona: '0xffffffff' }],
  ['personality', { persona: 0x40000 }, { persona: 'PER_LINUX|ADDR_NO_RANDOMIZE' }],
  ['getrusage', { who: -1 }, { who: 'RUSAGE_CHILDREN' }],
  ['sched_setscheduler', { policy: 0x40000001 }, { policy: 'SCHED_FIFO|SCHED_RESET_ON_FORK' }],
  [
    'fanotify_mark',
    { flags: 0x101, mask: 0x20 },
    { flags: 'FAN_MARK_ADD|FAN_MARK_FILESYSTEM', mask: 'FAN_OPEN' },
  ],
  [
    'seccomp',
    { operation: 1, flags: 9 },
    {
      operation: 'SECCOMP_SET_MODE_FILTER',
      flags: 'SECCOMP_FILTER_FLAG_TSYNC|SECCOMP_FILTER_FLAG_NEW_LISTENER',
    },
  ],
  ['memfd_create', { flags: 3 }, { flags: 'MFD_CLOEXEC|MFD_ALLOW_SEALING' }],
  ['getrandom', { flags: 1 }, { flags: 'GRND_NONBLOCK' }],
  ['timerfd_create', { clockid: 1, flags: 0o2000000 }, { clockid: 'CLOCK_MONOTONIC', flags: 'TFD_CLOEXEC' }],
  ['io_uring_register', { opcode: 0 }, { opcode: 'IORING_REGISTER_BUFFERS' }],
  ['landlock_add_rule', { rule_type: 1 }, { rule_type: 'LANDLOCK_RULE_PATH_BENEATH' }],
];

for (const [call, values, told] of rows) {
  test(
    `${call}(${JSON.stringify(values)}) is told as ${JSON.stringify(told)}, which means the same again`,
    { skip: process.arch !== 'x64' && 'numbers of x86-64' },
    () => {
      assert.deepEqual(describe(call, values), told);
    },
  );
}

test('every vocabulary of a call belongs to an argument that it has', () => {
  for (const [call, named] of Object.entries(vocabularies)) {
    const names = catalogue.find(({ name }) => name === call)?.arguments.map(({ name }) => name) ?? [];
    for (const argument of Object.keys(named)) assert.ok(names.includes(argument), `${call}.${argument}`);
  }
});

test('no two names of a group stand for the same number, and no name for two', () => {
  const meanings = new Map<string, string>();
  for (const group of groups) {
    for (const speaker of speakers) {
      const numbers = entriesOf(group, speaker).map(([, value]) => value);
      assert.equal(new Set(numbers).size, numbers.length, `${group} of ${speaker}`);
    }
    for (const [name, value] of Object.entries(constants[group])) {
      const meaning = JSON.stringify(value);
      assert.equal(meanings.get(name) ?? meaning, meaning, name);
      meanings.set(name, meaning);
    }
  }
});

test('open flags of arm stand elsewhere than those of x86', () => {
  const told = (speaker: (typeof speakers)[number]): unknown =>
    wordsOf('openFlags', speaker).describe(0o40000);
  assert.deepEqual(speakers.map(told), [
    'O_RDONLY|O_DIRECT',
    'O_RDONLY|O_DIRECT',
    'O_RDONLY|O_DIRECTORY',
    'O_RDONLY|O_DIRECTORY',
  ]);
});

test(
  'numbers of 32-bit programs are told by their own names, and a name stands for the numbers of both',
  { skip: process.arch !== 'x64' && 'numbers of x86-64' },
  () => {
    const args = argumentsOf('ioctl', { request: 0x80046601 });
    const [request] = args;
    assert.ok(request);
    assert.equal(describeValue(request, { isCompat: true, arguments: args }), 'FS_IOC_GETFLAGS');
    assert.equal(describeValue(request, { isCompat: false, arguments: args }), '0x80046601');
    assert.deepEqual(numbersNamed('ioctlRequest', 'FS_IOC_GETFLAGS'), [0x80086601, 0x80046601]);
  },
);

test('the name of an option of a socket stands for its number, whatever the level', () => {
  assert.deepEqual(numbersNamed('socketOptionName', 'TCP_NODELAY'), [1]);
  assert.ok(namesIn('socketOptionName').some(([name]) => name === 'SO_REUSEADDR'));
});

test('errors have names, and results have none', () => {
  assert.equal(errorName(-2), 'ENOENT');
  assert.equal(errorName(-512), 'ERESTARTSYS');
  assert.equal(errorName(0), undefined);
  assert.equal(errorName(-4096), undefined);
});

test(
  'the name of a request that was recorded on another architecture means its number',
  { skip: process.arch !== 'x64' && 'it is their own there' },
  () => {
    assert.equal(parseName('ptraceRequest', 'PTRACE_PEEKMTETAGS', { isCompat: false, arguments: [] }), 33);
  },
);
