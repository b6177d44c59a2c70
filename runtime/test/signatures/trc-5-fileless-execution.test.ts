import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import { storages, type HookKind } from '../../src/events/layout.js';
import filelessExecution from '../../src/signatures/trc-5-fileless-execution.js';
import type { RecordContent } from '../events/record-encoder.js';
import { deviceOf, findingsOf, runs } from './program-event.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-trc-5-'));
after(() => {
  rmSync(directory, { recursive: true });
});

const ownProgram = join(directory, 'payload');
copyFileSync('/bin/cat', ownProgram);

interface Program {
  readonly path: string;
  readonly storage: keyof typeof storages;
  readonly dev?: number | bigint;
  readonly inode?: number | bigint;
}

function executed({ path, storage, dev = 7, inode = 1234 }: Program, by = ownProgram): RecordContent {
  return {
    event: 'security_bprm_check',
    ...runs(by),
    args: { pathname: { bytes: path }, dev, inode, storage: storages[storage], size: 4096 },
  };
}

function find(...records: RecordContent[]): Promise<Finding[]> {
  return findingsOf(filelessExecution, records);
}

/*
 * Rows of the original, which looked at the path. Two verdicts depend on more here: a path below /dev/shm
 * counts where a file system in memory is mounted there, and a path that begins with memfd: where the file is
 * in memory. The path alone says nothing, so that `memfd:` in a name is no finding for a file on disk.
 */
test('row 1: memfd://something/something is found', async () => {
  const [finding, ...more] = await find(executed({ path: 'memfd://something/something', storage: 'memory' }));
  assert.deepEqual(more, []);
  assert.equal(finding?.rule.id, 'TRC-5');
  assert.equal(
    finding.summary,
    'executed a program that exists in memory only (memfd://something/something)',
  );
  assert.deepEqual(finding.data, { 'file path': 'memfd://something/something' });
});

test('row 2: /dev/shm/something is found', async () => {
  const [finding] = await find(executed({ path: '/dev/shm/something', storage: 'tmpfs' }));
  assert.match(finding?.summary ?? '', /on a file system in memory \(\/dev\/shm\/something\)/);
});

test('row 3: /something/something is not found, nor a name that only sounds like memory', async () => {
  for (const path of ['/something/something', '/dev/shm/something', 'memfd:x']) {
    assert.deepEqual(await find(executed({ path, storage: 'disk' })), [], path);
  }
});

test('a file that was deleted before it is executed is found', async () => {
  const [finding] = await find(executed({ path: '/usr/bin/cat', storage: 'unlinked' }));
  assert.match(finding?.summary ?? '', /whose file has no name any more \(was \/usr\/bin\/cat\)/);
});

test('the name of a container runtime excuses nothing', async () => {
  const path = 'memfd:runc_cloned:/proc/self/exe';
  for (const by of [ownProgram, '/bin/cat']) {
    assert.equal((await find(executed({ path, storage: 'memory' }, by))).length, 1, by);
  }
});

test('without hooks of functions the program that has begun is judged', async () => {
  const found = await findingsOf(
    filelessExecution,
    [
      {
        event: 'sched_process_exec',
        ...runs(ownProgram, { executable_storage: storages.memory }),
        args: {
          cmdpath: { bytes: '/proc/self/fd/3' },
          pathname: { bytes: 'memfd:x' },
          argv: { bytes: 'runc\0init\0' },
          ...{ dev: 7, inode: 1234, storage: storages.memory, size: 4096 },
        },
      },
    ],
    { unserved: ['security_bprm_check'] },
  );
  assert.equal(found.length, 1);
  assert.deepEqual(found[0]?.facts.slice(1), ['it was named as /proc/self/fd/3', 'started as: runc init']);
});

test('where the whole system is in memory its programs are not found', async () => {
  const [dev, inode] = [deviceOf('/'), statSync('/bin/cat').ino];
  assert.deepEqual(await find(executed({ path: '/bin/cat', storage: 'tmpfs', dev, inode })), []);
});

test('a program that replaced its own file and executes it again is not found, if it is root’s', async () => {
  const old = { path: '/usr/bin/cat', storage: 'unlinked' } as const;
  const { dev, ino: inode } = { dev: deviceOf('/bin/cat'), ino: statSync('/bin/cat').ino };
  const again = executed({ ...old, dev, inode }, '/bin/cat');
  assert.deepEqual(await find(again), []);
  const users = { ...again, fields: { ...again.fields, executable_uid: 1000 } };
  assert.equal((await find(users)).length, 1, 'the file of a user');
  assert.equal(
    (await find(executed({ ...old, dev, inode }, ownProgram))).length,
    1,
    'another program’s file',
  );
});

function mapped(storage: keyof typeof storages, flags: number, more: Partial<Program> = {}): RecordContent {
  const { dev = 7, inode = 1234 } = more;
  return {
    event: 'security_mmap_file',
    ...runs(ownProgram),
    args: {
      pathname: { bytes: 'memfd:library' },
      ...{ prot: 5, flags, facts: 0, storage: storages[storage], dev, inode },
    },
  };
}

const [MAP_SHARED, MAP_PRIVATE, MAP_FIXED] = [1, 2, 0x10];

test('code that a loader maps from memory is found; a compiler’s shared mapping is not', async () => {
  const [finding] = await find(mapped('memory', MAP_PRIVATE | MAP_FIXED));
  assert.equal(finding?.summary, 'mapped code that exists in memory only (memfd:library)');
  assert.equal((await find(mapped('unlinked', MAP_PRIVATE))).length, 1);
  assert.deepEqual(await find(mapped('memory', MAP_SHARED)), []);
  assert.deepEqual(await find(mapped('disk', MAP_PRIVATE)), []);
});

test('a program in memory that a process executes and maps is one finding', async () => {
  const keys = (
    await find(executed({ path: 'memfd:x', storage: 'memory' }), mapped('memory', MAP_PRIVATE))
  ).map(({ key }) => key);
  assert.deepEqual(keys, ['file 7 1234 of 0 0', 'file 7 1234 of 0 0']);
});

test('what the kernel maps of a program that begins is judged with its execution alone', async () => {
  const own = { dev: deviceOf(ownProgram), inode: statSync(ownProgram).ino };
  assert.deepEqual(await find(mapped('memory', MAP_PRIVATE, own)), []);
});

function opened(by: string): RecordContent {
  return {
    event: 'memory_file_open',
    ...runs(by),
    args: {
      pathname: { bytes: 'memfd:script' },
      ...{ flags: 0, storage: storages.memory, dev: 7, inode: 1234 },
      argv: { bytes: 'sh\0/proc/self/fd/3\0' },
    },
  };
}

test('an interpreter that opens a program in memory is found; another program is not', async () => {
  const [finding] = await find(opened('/bin/sh'));
  assert.equal(finding?.summary, 'interprets a program that exists in memory only (memfd:script)');
  assert.ok(finding.facts.includes('started as: sh /proc/self/fd/3'));
  assert.deepEqual(await find(opened('/bin/cat')), []);
});

function deleted(pathname: string, by: string, hook: HookKind, links: number): RecordContent {
  return {
    event: 'security_inode_unlink',
    hook,
    ...runs(by, { executable_links: links }),
    args: { pathname: { bytes: pathname }, dev: 7, inode: 1234, is_own_executable: 1 },
  };
}

test('a program that deletes its own file is found, by whatever path it names it', async () => {
  for (const path of [ownProgram, './payload', `/proc/self/cwd/${'x/'.repeat(3)}payload`]) {
    assert.equal((await find(deleted(path, ownProgram, 'tp_btf', 0))).length, 1, path);
    assert.equal((await find(deleted(path, ownProgram, 'trampoline', 1))).length, 1, path);
  }
});

test('a program whose file others deleted is not found when it deletes something else', async () => {
  assert.deepEqual(await find(deleted('/run/daemon.pid', ownProgram, 'tp_btf', 0)), []);
});

test('the last name of a program’s file counts, whatever it is, but for a system program’s spare one', async () => {
  assert.equal((await find(deleted('/tmp/other-link', ownProgram, 'kprobe', 1))).length, 1);
  assert.deepEqual(await find(deleted('/usr/bin/cat.dpkg-tmp', '/bin/cat', 'kprobe', 1)), []);
});

test('other files that a program deletes, and events that lack the file, are not found', async () => {
  const other = deleted(ownProgram, ownProgram, 'kprobe', 1);
  assert.deepEqual(await find({ ...other, args: { ...other.args, is_own_executable: 0 } }), []);
  const { args: _, ...without } = executed({ path: 'memfd:x', storage: 'memory' });
  assert.deepEqual(await find(without, { event: 'memory_file_open' }), []);
});
