import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { isSystemFile, isSystemProgram } from '../../../src/signatures/support/system-program.js';
import { recordedEvent, type RecordContent } from '../../events/record-encoder.js';

const mountNamespace = Number(/\d+/.exec(realpathOfNamespace())?.[0]);

function realpathOfNamespace(): string {
  return String(statSync('/proc/self/ns/mnt').ino);
}

/** As the kernel would describe an event of a program: this process's, unless `fields` say otherwise. */
function eventOf(path: string, fields: RecordContent['fields'] = {}): ReturnType<typeof recordedEvent> {
  const file = lstatSync(path, { bigint: true });
  const major = (file.dev >> 8n) & 0xfffn;
  const minor = (file.dev & 0xffn) | ((file.dev >> 12n) & 0xfff00n);
  return recordedEvent({
    event: 'sched_process_exit',
    executable: { bytes: path },
    fields: {
      host_pid: process.pid,
      mnt_ns: mountNamespace,
      executable_inode: file.ino,
      executable_dev: (major << 20n) | minor,
      executable_uid: file.uid,
      executable_mode: file.mode & 0xffffn,
      executable_links: file.nlink,
      ...fields,
    },
  });
}

const program = realpathSync('/bin/true');

test('a program that came with the system is one', () => {
  assert.equal(isSystemProgram(eventOf(program)), true);
});

test('a program is none where the kernel saw another file, or one that root does not own alone', () => {
  assert.equal(isSystemProgram(eventOf(program, { executable_inode: 1 })), false, 'another inode');
  assert.equal(isSystemProgram(eventOf(program, { executable_dev: 1 })), false, 'another device');
  assert.equal(isSystemProgram(eventOf(program, { executable_uid: 1000 })), false, 'of a user');
  assert.equal(isSystemProgram(eventOf(program, { executable_mode: 0o100757 })), false, 'writable by others');
  assert.equal(isSystemProgram(eventOf(program, { executable_links: 0 })), false, 'unlinked');
  assert.equal(isSystemProgram(eventOf(program, { executable_storage: 2 })), false, 'in memory');
});

test('a program is none outside of the system directories, whatever its name and owner', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-system-'));
  try {
    const copy = join(directory, 'gdb');
    writeFileSync(copy, 'not gdb', { mode: 0o755 });
    assert.equal(isSystemProgram(eventOf(copy)), false);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const gone = { host_pid: 0x3f_ffff };

test('a process that is gone is looked up in an ancestor of its mount namespace', () => {
  assert.equal(isSystemProgram(eventOf(program, { ...gone, executable_inode: 2 })), false);
  assert.equal(isSystemProgram(eventOf(program, { ...gone, mnt_ns: 1 })), false);
  assert.equal(isSystemProgram(eventOf(program, gone)), true);
});

test(
  'a process that is gone with all of its family is looked up in any other of its mount namespace',
  { skip: process.getuid?.() !== 0 && 'needs root, to make a mount namespace' },
  async (context) => {
    let now = performance.now();
    context.mock.method(performance, 'now', () => now);
    assert.equal(isSystemProgram(eventOf(program, { ...gone, mnt_ns: 1 })), false);
    const other = spawn('unshare', ['--mount', 'sleep', '30'], { stdio: 'ignore' });
    context.after(() => other.kill('SIGKILL'));
    const pid = other.pid ?? 0;
    while (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep')) await pause(5);
    const there = { ...gone, mnt_ns: statSync(`/proc/${pid}/ns/mnt`).ino };
    assert.equal(isSystemProgram(eventOf(program, there)), false, 'processes were listed before');
    now += 251;
    assert.equal(isSystemProgram(eventOf(program, there)), true);
    assert.equal(isSystemProgram(eventOf(program, { ...there, executable_inode: 3 })), false);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const another = realpathSync('/bin/cat');
    assert.equal(isSystemProgram(eventOf(another, there)), false, 'nobody is left there');
  },
);

test('an event without a program file is none of the system', () => {
  assert.equal(isSystemProgram(recordedEvent({ event: 'sched_process_exit' })), false);
});

test('every directory above counts', { skip: process.getuid?.() !== 0 && 'needs root, to own files' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'tracee-root-'));
  try {
    const bin = join(root, 'usr', 'bin');
    mkdirSync(bin, { recursive: true });
    for (const directory of [root, join(root, 'usr'), bin]) chmodSync(directory, 0o755);
    writeFileSync(join(bin, 'tool'), '', { mode: 0o755 });
    assert.equal(isSystemFile(root, '/usr/bin/tool'), true);
    assert.equal(isSystemFile(root, '/usr/bin/missing'), false);
    assert.equal(isSystemFile(root, '/usr/../usr/bin/tool'), false);
    chmodSync(join(root, 'usr'), 0o777);
    assert.equal(isSystemFile(root, '/usr/bin/tool'), false);
  } finally {
    rmSync(root, { recursive: true });
  }
});
