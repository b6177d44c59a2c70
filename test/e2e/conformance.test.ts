import assert from 'node:assert/strict';
import { arch } from 'node:os';
import { test } from 'node:test';
import { wireOfType } from '../../runtime/dist/events/argument-types.js';
import { catalogue, findEvent } from '../../runtime/dist/events/catalogue/index.js';
import { root, runTracee } from './harness.js';
import type { SyscallEntry } from '../../runtime/dist/events/types.js';
import { numberIn, StraceFiles, stringIn, type WitnessedCall, type WitnessedThread } from './strace.js';

/*
 * An independent witness: the same processes under strace and under tracee at once. strace stops each thread at
 * entry and exit of a call and reads registers and memory with ptrace; tracee reads them in the kernel.
 */

const programs: Readonly<Record<string, readonly string[]>> = {
  'a shell with a pipe, redirections and children': [
    '/bin/sh',
    '-c',
    'echo one two | tr o 0 > /dev/null; cat /etc/passwd | head -n 2 >/dev/null; (cd / && ls -l >/dev/null); exit 3',
  ],
  'sockets of all kinds, names and failures': ['/usr/bin/python3', '-c', pythonSockets()],
  'files made, renamed, linked, given attributes and removed': ['/usr/bin/python3', '-c', pythonFiles()],
  'threads, signals, timers and memory': ['/usr/bin/python3', '-c', pythonThreads()],
  'a script with functions, traps, jobs and what commands print': ['/bin/sh', '-c', shellScript()],
  'a repository of git': ['/bin/sh', '-c', inDirectory(gitScript())],
  'lines sorted by threads, and with files where memory ends': [
    '/bin/sh',
    '-c',
    inDirectory(
      'seq 20000 | sort -R | sort -n --parallel=3 -S 100k -T . | uniq -c | tail -n 1 | wc -l >/dev/null',
    ),
  ],
  'a key made by ssh-keygen': [
    '/bin/sh',
    '-c',
    inDirectory("ssh-keygen -q -t ed25519 -N '' -f key && ssh-keygen -lf key >/dev/null"),
  ],
  'a program of 32 bits, started by one of 64': [
    '/bin/sh',
    '-c',
    inDirectory(`${root}dist/attacks/act-calls-i386; true`),
  ],
  'processes and threads that end by signals, faults and one after the other': [
    '/bin/sh',
    '-c',
    `for act in kill terminate-threads dump-threads fault leader-first; do ${root}dist/attacks/act-ends $act; done`,
  ],
  'every call by its number, with arguments that nothing stands behind': [
    ...['/usr/bin/unshare', '-i', '-m', '-u', `${root}dist/attacks/act-sweep`, 'all'],
  ],
  'an archive of a directory': ['/bin/sh', '-c', 'tar -cf - /usr/share/doc/tar | tar -tf - >/dev/null'],
};

/** strace's names where they are not the original's, those of 32-bit programs among them. */
const namesOfStrace: Readonly<Record<string, string>> = {
  umount2: 'umount',
  fcntl64: 'fcntl',
  mmap2: 'mmap',
  _sysctl: 'sysctl',
  afs_syscall: 'afs',
};

/** What an older strace calls `syscall_0x1d4` is named by the number; undefined for one that no kernel has. */
function nameOf(name: string): string | undefined {
  const number = /^syscall_(0x[0-9a-f]+)$/.exec(name)?.[1];
  if (number === undefined) return namesOfStrace[name] ?? name;
  const machine = arch() === 'arm64' ? 'arm64' : 'x86_64';
  const isIt = ([one]: SyscallEntry): boolean => one === Number(number);
  return catalogue.find(({ syscall }) => syscall?.entries[machine]?.some(isIt))?.name;
}

/** What strace watches with, and none of the programs does: half of all there is to tell otherwise. */
const callsOfStrace = 'ptrace,process_vm_readv';

interface TracedCall {
  readonly threadId: number;
  readonly eventName: string;
  readonly returnValue: number | string;
  readonly args: readonly { name: string; type: string; value: unknown }[];
}

for (const [title, command] of Object.entries(programs)) {
  test(`tracee and strace agree on calls, arguments and results: ${title}`, (context) => {
    using strace = new StraceFiles();
    const { stdout, stderr, status } = runTracee([
      ...['trace', '--json', '--trace', 'set=syscalls', '--trace', `event!=${callsOfStrace}`],
      ...['--', 'strace', ...strace.words, ...command],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, / 0 lost/);
    const traced = byThread(stdout);
    let [calls, compared] = [0, 0];
    for (const [thread, witness] of strace.read()) {
      const own = alignStart(traced.get(thread) ?? [], witness.calls);
      const seen = withoutCutEnd(own.filter(isTold), witness);
      const said = witness.calls.filter((call) => isWitnessed(call) && nameOf(call.name) !== undefined);
      assert.deepEqual(
        seen.map(({ eventName }) => eventName),
        said.map(({ name }) => nameOf(name)),
        `thread ${thread}`,
      );
      for (const [index, call] of said.entries()) {
        const event = seen[index];
        if (event === undefined) continue;
        calls += 1;
        compared += compare(event, call);
      }
    }
    context.diagnostic(`${calls} calls, ${compared} arguments and results`);
    assert.ok(calls > 50 && compared > calls);
  });
}

function byThread(lines: string): Map<number, TracedCall[]> {
  const threads = new Map<number, TracedCall[]>();
  for (const line of lines.trimEnd().split('\n')) {
    const event = JSON.parse(line) as TracedCall;
    threads.set(event.threadId, [...(threads.get(event.threadId) ?? []), event]);
  }
  return threads;
}

/** What a thread did before strace held it: everything up to the program that was to be watched. */
function alignStart(
  traced: readonly TracedCall[],
  witnessed: readonly WitnessedCall[],
): readonly TracedCall[] {
  if (witnessed[0]?.name !== 'execve') return traced;
  const start = traced.findIndex(({ eventName, returnValue }) => eventName === 'execve' && returnValue === 0);
  return traced.slice(start);
}

/** Calls that the kernel begins again, which strace tells once and tracee marks each time, are left out of both. */
function isTold({ returnValue, eventName }: TracedCall): boolean {
  // A new thread comes out of the call that made it, with 0; strace does not show that.
  if (returnValue === 0 && births.has(eventName)) return false;
  return !(Number(returnValue) <= -512 && Number(returnValue) >= -516);
}

function isWitnessed({ result, error, name }: WitnessedCall): boolean {
  return error?.startsWith('ERESTART') !== true && (result !== undefined || endless.has(name));
}

/** A thread that is killed in a call, or just when that returns, does not stop for strace any more: the call is left out. */
function withoutCutEnd(
  traced: readonly TracedCall[],
  { calls, isKilled }: WitnessedThread,
): readonly TracedCall[] {
  const isLonger = traced.length === calls.filter(isWitnessed).length + 1;
  return isKilled && isLonger ? traced.slice(0, -1) : traced;
}

const births = new Set(['clone', 'clone3', 'fork', 'vfork']);
const endless = new Set(['exit', 'exit_group', 'rt_sigreturn']);

/** How many values were compared. Throws where one differs. */
function compare(event: TracedCall, call: WitnessedCall): number {
  const definition = findEvent(event.eventName);
  assert.ok(definition !== undefined);
  const label = `${call.name}(${call.arguments.join(', ')}) = ${call.result} as ${JSON.stringify(event)}`;
  let compared = 0;
  if (!endless.has(call.name)) {
    // Of modify_ldt() the error has 32 bits, and is no -1 then.
    if (call.error === undefined || call.result !== -1n)
      assert.equal(BigInt(event.returnValue), call.result, label);
    else assert.ok(Number(event.returnValue) < 0, label);
    compared += 1;
  }
  for (const [index, { name, type }] of definition.arguments.entries()) {
    const value = event.args.find((one) => one.name === name)?.value;
    const said = call.arguments[index];
    if (value === undefined || said === undefined) continue;
    const [text, number] = [stringIn(said), numberIn(said)];
    if (wireOfType[type] === 'string' && text !== undefined) assert.equal(value, text, label);
    else if (isNumber(value) && number !== undefined) assert.equal(widen(value), widen(number), label);
    else continue;
    compared += 1;
  }
  return compared;
}

function isNumber(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$|^0x[0-9A-F]+$/.test(value));
}

/** strace prints some 32-bit values without a sign. */
function widen(value: number | string | bigint): bigint {
  return BigInt.asUintN(32, BigInt(String(value).replace(/^0(?=[0-7]+$)/, '0o')));
}

/** In an empty directory, which is gone then. */
function inDirectory(script: string): string {
  return `d=$(mktemp -d /tmp/tracee-conformance-XXXXXX) && cd "$d" && { ${script}; }; status=$?; rm -r "$d"; exit $status`;
}

function gitScript(): string {
  const git = 'git -c user.name=name -c user.email=name@example.org -c init.templateDir=';
  return `export HOME=$d GIT_CONFIG_NOSYSTEM=1; ${git} init -q . && echo line >file && git add file && ${git} commit -qm message && git log >/dev/null`;
}

function shellScript(): string {
  return `
count() { i=0; while [ $i -lt $1 ]; do i=$((i + 1)); echo $i; done; }
trap 'echo got >/dev/null' USR1; kill -USR1 $$
for word in $(count 3) last; do case $word in 2) continue ;; esac; echo "$word" >/dev/null; done
(sleep 0.05; exit 4) & wait $!
cat >/dev/null <<END
here is a document
END
exec 5</etc/passwd; read -r line <&5; exec 5<&-; set -- $line; [ -d /nowhere ] || [ -r /etc/passwd ]
umask 077; cd /; pwd >/dev/null; echo "$line" | sed s/r/x/ | tee /dev/null | od -c >/dev/null; command -v ls >/dev/null
`;
}

function pythonSockets(): string {
  return `
import socket, os
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
c = socket.create_connection(s.getsockname()); a, _ = s.accept()
a.sendall(b'hello'); c.recv(100); a.getpeername(); c.shutdown(socket.SHUT_RDWR)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b'x', s.getsockname())
v6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); v6.bind(('::1', 0))
x = socket.socket(socket.AF_UNIX); x.bind('\\0tracee-conformance'); l, r = socket.socketpair(); l.sendmsg([b'1', b'2']); r.recv(10)
try: socket.create_connection(('127.0.0.1', 1))
except OSError: pass
`;
}

function pythonFiles(): string {
  return `
import os, tempfile, shutil, fcntl
d = tempfile.mkdtemp(prefix='tracee-conformance-'); p = lambda n: os.path.join(d, n)
f = os.open(p('a'), os.O_CREAT | os.O_RDWR, 0o640); os.write(f, b'x' * 5000); os.pwrite(f, b'y', 100); os.pread(f, 10, 3)
os.lseek(f, 0, 0); os.ftruncate(f, 10); os.fsync(f); fcntl.flock(f, fcntl.LOCK_EX); os.fchmod(f, 0o600); os.dup2(f, 77); os.close(77)
os.link(p('a'), p('b')); os.symlink('a', p('c')); os.readlink(p('c')); os.rename(p('b'), p('e')); os.mkdir(p('dir'), 0o711); os.chmod(p('a'), 0o644)
os.mkfifo(p('fifo')); os.utime(p('a'), (1, 2)); os.stat(p('a')); os.listdir(d); os.access(p('nothing'), os.R_OK); os.truncate(p('a'), 3)
try: os.open(p('nothing'), os.O_RDONLY)
except OSError: pass
try: os.rmdir(d)
except OSError: pass
os.unlink(p('e')); shutil.rmtree(d); os.umask(0o27); os.getcwd(); os.chdir('/')
`;
}

function pythonThreads(): string {
  return `
import threading, signal, time, os, mmap, resource
def work(n):
    for _ in range(20): os.getppid()
    time.sleep(0.01)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
signal.signal(signal.SIGUSR1, lambda *_: None); os.kill(os.getpid(), signal.SIGUSR1)
signal.setitimer(signal.ITIMER_REAL, 0.02); signal.signal(signal.SIGALRM, lambda *_: None); time.sleep(0.05)
m = mmap.mmap(-1, 1 << 20); m[0:3] = b'abc'; m.close(); resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.sched_yield(); os.nice(0)
if os.fork() == 0: os._exit(7)
os.wait()
`;
}
