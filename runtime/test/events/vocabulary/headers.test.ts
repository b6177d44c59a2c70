import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entriesOf, groups, speakerHere } from '../../../src/events/vocabulary/speakers.js';

/** Headers of this system, which are those of an older kernel and of the C library: another witness. */
const headers = [
  ...['sys/socket.h', 'netinet/in.h', 'netinet/tcp.h', 'netinet/udp.h', 'fcntl.h', 'signal.h', 'errno.h'],
  ...[
    'sys/mman.h',
    'sys/mount.h',
    'sys/wait.h',
    'sys/prctl.h',
    'sys/ptrace.h',
    'sys/epoll.h',
    'sys/inotify.h',
  ],
  ...['sys/fanotify.h', 'sys/timerfd.h', 'sys/eventfd.h', 'sys/signalfd.h', 'sys/resource.h', 'sys/ioctl.h'],
  ...['sys/stat.h', 'sys/ipc.h', 'sys/msg.h', 'sys/sem.h', 'sys/shm.h', 'sched.h', 'time.h', 'unistd.h'],
  ...[
    'sys/random.h',
    'sys/personality.h',
    'linux/bpf.h',
    'linux/capability.h',
    'linux/futex.h',
    'linux/keyctl.h',
  ],
  ...['linux/landlock.h', 'linux/io_uring.h', 'linux/memfd.h', 'linux/netlink.h', 'linux/if_packet.h'],
  ...[
    'linux/perf_event.h',
    'linux/seccomp.h',
    'linux/reboot.h',
    'linux/quota.h',
    'linux/kcmp.h',
    'linux/loop.h',
  ],
  ...[
    'linux/if_tun.h',
    'linux/userfaultfd.h',
    'linux/module.h',
    'linux/sockios.h',
    'linux/nsfs.h',
    'linux/fs.h',
  ],
];

/** The C library gives its own numbers to these: kinds of file locks, and flags that the kernel has under the name. */
const ofTheLibrary = new Set(['F_GETLK64', 'F_SETLK64', 'F_SETLKW64', 'O_LARGEFILE']);

test(
  'the numbers of names are those of the headers of this system',
  { skip: process.arch !== 'x64' && 'slow elsewhere' },
  () => {
    const names = new Map(
      groups
        .flatMap((group) => entriesOf(group, speakerHere(false)))
        .filter(([name]) => !ofTheLibrary.has(name)),
    );
    const directory = mkdtempSync(join(tmpdir(), 'tracee-headers-'));
    try {
      const file = join(directory, 'names.c');
      const program = join(directory, 'names');
      const missing = missingIn(file, [...names.keys()]);
      const known = [...names.keys()].filter((name) => !missing.has(name));
      writeFileSync(file, source(known));
      const compiled = spawnSync('clang', ['-w', '-o', program, file], { encoding: 'utf8' });
      assert.equal(compiled.status, 0, compiled.stderr);
      const { stdout } = spawnSync(program, { encoding: 'utf8', maxBuffer: 1 << 24 });
      const told = new Map(
        stdout
          .trim()
          .split('\n')
          .map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
      );
      const wrong = known.filter((name) => told.get(name) !== (names.get(name) ?? NaN) >>> 0);
      assert.deepEqual(wrong, []);
      assert.ok(known.length > 1500, `only ${known.length} of ${names.size} names are in the headers`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

/** Names that these headers do not have, or cannot be used with what they have. */
function missingIn(file: string, names: readonly string[]): Set<string> {
  writeFileSync(file, source(names));
  const { stderr } = spawnSync('clang', ['-w', '-fsyntax-only', '-ferror-limit=0', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const lines = source(names).split('\n');
  const refused = [...stderr.matchAll(/names\.c:(\d+):\d+: error:/g)].map(
    ([, line]) => lines[Number(line) - 1],
  );
  return new Set(refused.map((line) => /^printf\("(\w+) /.exec(line ?? '')?.[1] ?? ''));
}

function source(names: readonly string[]): string {
  const includes = headers.map((header) => `#if __has_include(<${header}>)\n#include <${header}>\n#endif`);
  const prints = names.map((name) => `printf("${name} %u\\n", (unsigned)(${name}));`);
  return [
    '#define _GNU_SOURCE',
    '#include <stdio.h>',
    ...includes,
    `int main(void) {\n${prints.join('\n')}\nreturn 0;\n}\n`,
  ].join('\n');
}
