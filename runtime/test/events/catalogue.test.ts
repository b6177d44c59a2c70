import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  catalogue,
  eventsOfSet,
  findEvent,
  findEventById,
  setNames,
} from '../../src/events/catalogue/index.js';
import { maxArguments, maxEvents, maxSyscalls } from '../../src/events/layout.js';
import { programs } from '../../src/events/programs.js';
import type { SyscallEntry } from '../../src/events/types.js';
import { rungsOfHook } from '../../src/tracing/rungs.js';

/** What version 0.5.4 of the original called these events; tools and rules refer to both. */
const originals = [
  { id: 59, id32: 11, name: 'execve', sets: ['default', 'syscalls', 'proc', 'proc_life'] },
  { id: 101, id32: 26, name: 'ptrace', sets: ['default', 'syscalls', 'proc'] },
  { id: 322, id32: 358, name: 'execveat', sets: ['default', 'syscalls', 'proc', 'proc_life'] },
  { id: 1000, id32: undefined, name: 'sys_enter', sets: [] },
  { id: 1001, id32: undefined, name: 'sys_exit', sets: [] },
  { id: 1002, id32: undefined, name: 'sched_process_fork', sets: [] },
  { id: 1004, id32: undefined, name: 'do_exit', sets: ['proc', 'proc_life'] },
  { id: 1006, id32: undefined, name: 'vfs_write', sets: [] },
  { id: 1007, id32: undefined, name: 'vfs_writev', sets: [] },
  { id: 1011, id32: undefined, name: 'magic_write', sets: [] },
  { id: 1012, id32: undefined, name: 'cgroup_attach_task', sets: [] },
  { id: 1003, id32: undefined, name: 'sched_process_exit', sets: ['default', 'proc', 'proc_life'] },
  { id: 1013, id32: undefined, name: 'security_bprm_check', sets: ['default', 'lsm_hooks'] },
  { id: 1014, id32: undefined, name: 'security_file_open', sets: ['default', 'lsm_hooks'] },
  { id: 0, id32: 3, name: 'read', sets: ['syscalls', 'fs', 'fs_read_write'] },
  { id: 166, id32: 52, name: 'umount', sets: ['default', 'syscalls', 'fs'] },
  { id: 1015, id32: undefined, name: 'security_inode_unlink', sets: ['lsm_hooks'] },
  { id: 1021, id32: undefined, name: 'security_sb_mount', sets: ['lsm_hooks'] },
  { id: 33, id32: 63, name: 'dup2', sets: ['syscalls', 'fs', 'fs_fd_ops'] },
  { id: 313, id32: 350, name: 'finit_module', sets: ['syscalls', 'system', 'system_module'] },
  { id: 311, id32: 348, name: 'process_vm_writev', sets: ['syscalls', 'proc'] },
] as const;

const originalArguments: Record<string, string> = {
  execve: 'const char* pathname, const char*const* argv, const char*const* envp',
  ptrace: 'long request, pid_t pid, void* addr, void* data',
  execveat: 'int dirfd, const char* pathname, const char*const* argv, const char*const* envp, int flags',
  connect: 'int sockfd, struct sockaddr* addr, int addrlen',
  fcntl: 'int fd, int cmd, unsigned long arg',
  security_sb_mount: 'const char* dev_name, const char* path, const char* type, unsigned long flags',
  security_bprm_check: 'const char* pathname, dev_t dev, unsigned long inode',
  security_file_open: 'const char* pathname, int flags, dev_t dev, unsigned long inode',
  sys_enter: 'int syscall',
  sys_exit: 'int syscall',
  vfs_write: 'const char* pathname, dev_t dev, unsigned long inode, size_t count, off_t pos',
  vfs_writev: 'const char* pathname, dev_t dev, unsigned long inode, unsigned long vlen, off_t pos',
  magic_write: 'const char* pathname, bytes bytes',
  cgroup_attach_task: 'const char* cgroup_path',
};

test('ids and names are unique, and events come by ascending id', () => {
  const ids = catalogue.map((event) => event.id);
  assert.equal(new Set(ids).size, catalogue.length);
  assert.equal(new Set(catalogue.map((event) => event.name)).size, catalogue.length);
  assert.deepEqual(
    ids,
    ids.toSorted((a, b) => a - b),
  );
});

test('events that the original had keep their ids, syscall numbers and sets', () => {
  for (const original of originals) {
    const event = findEvent(original.name);
    assert.equal(event?.id, original.id, original.name);
    const { i386, x86_64 } = event.syscall?.entries ?? {};
    assert.equal(i386?.[0]?.[0], original.id32, original.name);
    if (event.syscall !== undefined) assert.equal(x86_64?.[0]?.[0], original.id, original.name);
    for (const set of original.sets) assert.ok(event.sets.includes(set), `${original.name} in ${set}`);
  }
});

test('arguments that the original had keep their names, types and order', () => {
  for (const [name, wanted] of Object.entries(originalArguments)) {
    const found = findEvent(name)?.arguments.map((argument) => `${argument.type} ${argument.name}`);
    /* What Tracee adds comes behind. */
    assert.ok(found?.join(', ').startsWith(wanted), name);
  }
});

test('every event fits what the kernel side can hold', () => {
  for (const event of catalogue) {
    assert.ok(event.id < maxEvents, event.name);
    assert.ok(event.arguments.length <= (event.syscall === undefined ? maxArguments : 6), event.name);
    assert.equal(new Set(event.arguments.map(({ name }) => name)).size, event.arguments.length, event.name);
    assert.match(event.name, /^[a-z][a-z0-9_]*$/);
    for (const [number] of Object.values<readonly SyscallEntry[]>({ ...event.syscall?.entries }).flat()) {
      assert.ok(number < maxSyscalls, `${event.name}: ${number}`);
    }
  }
});

test('every event has exactly one way to be served: a syscall, or hooks with a program each', () => {
  const names = new Set(programs.map((program) => program.name));
  assert.equal(names.size, programs.length);
  for (const event of catalogue) {
    const { name, syscall, hooks } = event;
    assert.notEqual(syscall === undefined, hooks === undefined, name);
    if (hooks === undefined) continue;
    const needed = rungsOfHook(event).flatMap(({ attachments }) => attachments.map(({ program }) => program));
    assert.ok(needed.length > 0, name);
    for (const program of needed) assert.ok(names.has(program), `${name} needs ${program}`);
  }
});

test('events are found by name and id, and what does not exist is not found', () => {
  for (const event of catalogue) {
    assert.equal(findEvent(event.name), event);
    assert.equal(findEventById(event.id), event);
  }
  assert.equal(findEvent('EXECVE'), undefined);
  assert.equal(findEvent('constructor'), undefined);
  assert.equal(findEventById(336 + 64), undefined);
});

test('a set gives its events by ascending id, and set names are sorted and without repeats', () => {
  assert.deepEqual(
    eventsOfSet('syscalls').map((event) => event.name),
    catalogue.filter((event) => event.syscall !== undefined).map((event) => event.name),
  );
  assert.deepEqual(eventsOfSet('nonsense'), []);
  const sets = setNames();
  assert.deepEqual(sets, [...new Set(sets)].toSorted());
  for (const set of sets) assert.ok(eventsOfSet(set).length > 0, set);
  assert.ok(sets.includes('default'));
});

test('no number of a caller leads to two events', () => {
  for (const caller of ['x86_64', 'i386', 'arm64', 'arm'] as const) {
    const numbers = catalogue.flatMap(({ syscall }) =>
      (syscall?.entries[caller] ?? []).map(([number]) => number),
    );
    assert.ok(numbers.length > 300, caller);
    assert.equal(new Set(numbers).size, numbers.length, caller);
  }
});
