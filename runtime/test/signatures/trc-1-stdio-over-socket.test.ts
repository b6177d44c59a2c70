import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import { socketOrigins, stdioCauses } from '../../src/events/layout.js';
import stdioOverSocket from '../../src/signatures/trc-1-stdio-over-socket.js';
import type { RecordContent } from '../events/record-encoder.js';
import { findingsOf, runs } from './program-event.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-trc-1-'));
after(() => {
  rmSync(directory, { recursive: true });
});

/** Programs of nobody's: one that moves data, and a shell under another name. */
const ownProgram = join(directory, 'payload');
const ownShell = join(directory, 'updater');
copyFileSync('/bin/cat', ownProgram);
copyFileSync('/bin/sh', ownShell);

const addresses = {
  ipv4: Buffer.from([2, 0, 0, 53, 10, 225, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
  ipv6: Buffer.concat([
    Buffer.from([10, 0, 0x01, 0xbb, 0, 0, 0, 0]),
    Buffer.from('2001067c13608001000000000000002f', 'hex'),
    Buffer.alloc(4),
  ]),
  local: Buffer.from([2, 0, 0x9c, 0x40, 10, 225, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]),
};

interface Seen {
  readonly by: string;
  readonly fd?: number;
  readonly cause?: keyof typeof stdioCauses;
  readonly origin?: keyof typeof socketOrigins;
  readonly type?: number;
  readonly remote?: Buffer | undefined;
  readonly inode?: number;
  readonly argv?: readonly string[];
  readonly pid?: number;
  readonly parent?: number;
}

function stdioSocket(seen: Seen): RecordContent {
  const { remote = addresses.ipv4, argv, parent } = seen;
  const isAnybody = 'remote' in seen && seen.remote === undefined;
  return {
    event: 'stdio_socket',
    ...runs(seen.by, { host_pid: seen.pid ?? 45 }),
    args: {
      fd: seen.fd ?? 0,
      cause: stdioCauses[seen.cause ?? 'dup'],
      origin: socketOrigins[seen.origin ?? 'connected'],
      type: seen.type ?? 1,
      local: { bytes: addresses.local },
      ...(isAnybody ? {} : { remote: { bytes: remote } }),
      inode: seen.inode ?? 1000,
      ...(argv === undefined ? {} : { argv: { bytes: argv.map((word) => `${word}\0`).join('') } }),
    },
    ...(parent === undefined
      ? {}
      : { ancestors: [{ hostPid: parent, pid: parent, startTime: 1n, comm: 'parent' }] }),
  };
}

function find(...seen: Seen[]): Promise<Finding[]> {
  return findingsOf(stdioOverSocket, seen.map(stdioSocket));
}

/*
 * Rows of the original. Its events were connect and dup; here the kernel side tells what stands on the
 * descriptor. Its rows 4 (dup2 alone), 5 (close before dup2) and 6 (dup2 by a process that does not have the
 * socket) put no connection there, so that there is no event to judge. No verdict was changed.
 */
for (const [row, seen] of Object.entries<Seen>({
  'row 1: connect, dup2 onto 0': { by: ownProgram },
  'row 2: connect, dup gave 1': { by: ownProgram, fd: 1 },
  'row 3: connect, dup3 onto 0': { by: ownProgram },
  'row 7: connect over IPv6, dup2 onto 0': { by: ownProgram, remote: addresses.ipv6 },
})) {
  test(`${row} is found with address, port and descriptor`, async () => {
    const [finding, ...more] = await find(seen);
    assert.deepEqual(more, []);
    assert.equal(finding?.rule.id, 'TRC-1');
    const [ip, port] = seen.remote === undefined ? ['10.225.0.2', 53] : ['2001:67c:1360:8001::2f', 443];
    assert.deepEqual(finding.data, { ip, port, fd: seen.fd ?? 0 });
  });
}

test('a shell under another name is found on an accepted connection, as one under its own', async () => {
  for (const by of ['/bin/sh', ownShell]) {
    const argv = ['sh', '-i'];
    const [finding] = await find({ by, origin: 'accepted', cause: 'exec', argv });
    assert.match(finding?.summary ?? '', /standard input on a TCP connection from 10\.225\.0\.2:53/);
    assert.ok(finding?.facts.includes('started as: sh -i'));
  }
});

test('a socket that takes datagrams from anybody is found where a shell reads it', async () => {
  const seen: Seen = { by: '/bin/sh', origin: 'unknown', cause: 'exec', type: 2, remote: undefined };
  const [finding] = await find(seen);
  assert.match(finding?.summary ?? '', /UDP socket on 10\.225\.0\.9:40000, open to anybody/);
});

test('a socket that was inherited by a shell is the same finding as that of the program before', async () => {
  const keys = (
    await find(
      { by: ownProgram },
      { by: '/bin/sh', cause: 'exec', pid: 46 },
      { by: ownProgram, cause: 'exec', inode: 1001 },
    )
  ).map(({ key }) => key);
  assert.deepEqual(keys, ['socket 1000', 'socket 1000', 'socket 1001']);
});

test('a server of the system is not found on a connection that was accepted for it, nor one of its own', async () => {
  for (const origin of ['accepted', 'connected'] as const) {
    const first: Seen = { by: '/bin/cat', origin };
    assert.deepEqual(await find(first, { by: '/bin/cat', origin, cause: 'exec' }), [], origin);
  }
  assert.deepEqual(await find({ by: ownProgram, origin: 'accepted' }), []);
});

test('a shell that a server of the system starts on its connection is found', async () => {
  const found = await find({ by: '/bin/cat', origin: 'accepted' }, { by: '/bin/sh', origin: 'accepted' });
  assert.equal(found.length, 1);
});

test('a server without a file on disk is found on an accepted connection', async () => {
  const record = stdioSocket({ by: ownProgram, origin: 'accepted', cause: 'exec' });
  const fields = { ...record.fields, executable_storage: 2 };
  assert.equal((await findingsOf(stdioOverSocket, [{ ...record, fields }])).length, 1);
});

test('BusyBox on an accepted connection is what its first argument says: a tool, or a shell', async () => {
  const ownBusyBox = join(directory, 'busybox');
  copyFileSync('/usr/bin/busybox', ownBusyBox);
  const count = async (by: string, ...argv: string[]): Promise<number> =>
    (await find({ by, origin: 'accepted', cause: 'exec', argv })).length;
  assert.equal(await count('/usr/bin/busybox', 'cat'), 0);
  assert.equal(await count('/usr/bin/busybox', 'busybox', 'httpd', '-i'), 0);
  assert.equal(await count('/usr/bin/busybox', '/bin/sh'), 1);
  assert.equal(await count('/usr/bin/busybox', 'busybox', 'ash'), 1);
  assert.equal(await count('/usr/bin/busybox'), 1, 'nothing is known of its arguments');
  assert.equal(await count(ownBusyBox, 'cat'), 1, 'a file of somebody else');
  assert.equal(await count('/bin/sh', 'cat'), 1, 'another shell under that name');
});

/** A script that comes with every system, and is run by a shell. */
const script = '/usr/bin/ldd';
const served = { by: '/bin/sh', origin: 'accepted', cause: 'exec' } as const;

test('a script of the system that serves a connection is not found, nor what it has a shell do', async () => {
  const server: Seen = { ...served, argv: ['sh', '-eu', script], pid: 50 };
  assert.deepEqual(await find(server), []);
  const command: Seen = { ...served, argv: ['sh', '-c', 'df'], pid: 51 };
  assert.deepEqual(await find(server, { ...command, parent: 50 }), []);
  assert.equal((await find(server, { ...command, parent: 49 })).length, 1, 'a command of somebody else');
  assert.equal((await find({ ...command, parent: 50 })).length, 1, 'no script serves this connection');
  const interactive: Seen = { ...command, argv: ['sh'], parent: 50 };
  assert.equal((await find(server, interactive)).length, 1, 'a shell that reads the connection');
});

test('a shell that only seems to serve a script of the system is found', async () => {
  const own = join(directory, 'updater');
  const lines = [
    ['sh', '-i', script],
    ['sh', '-s', script],
    ['sh', own],
    ['sh', 'ldd'],
    ['bash', '--rcfile', script],
    ['sh'],
  ];
  for (const argv of lines) {
    assert.equal((await find({ ...served, argv })).length, 1, argv.join(' '));
  }
  const reverse: Seen = { ...served, origin: 'connected', argv: ['sh', script] };
  assert.equal((await find(reverse)).length, 1, 'a connection that this host opened');
  assert.equal((await find({ ...served, by: ownShell, argv: ['sh', script] })).length, 1, 'its own shell');
});

test('a server that is none of the system is a signal, unless it hands the connection to a program', async () => {
  const accepted: Seen = { by: ownProgram, origin: 'accepted' };
  const signals = (...seen: Seen[]): Promise<Finding[]> =>
    findingsOf(stdioOverSocket, seen.map(stdioSocket), { withSignals: true });
  const [signal, ...more] = await signals(accepted);
  assert.deepEqual(more, []);
  assert.equal(signal?.sight.id, 'served');
  assert.equal(signal.rule.severity, 'info');
  assert.deepEqual(await signals(accepted, { by: '/bin/cat', origin: 'accepted', cause: 'exec' }), []);
});

test('an event whose socket is not known is no finding', async () => {
  const { args: _, ...without } = stdioSocket({ by: ownProgram });
  assert.deepEqual(await findingsOf(stdioOverSocket, [without]), []);
});

/** A program with a child that is a shell on a pipe; it holds a connection of its own where it is to. */
const relay = `
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
const server = createServer().listen(0, '127.0.0.1', () => {
  const start = () => process.stdout.write(String(spawn('/bin/sh', { stdio: ['pipe', 'ignore', 'ignore'] }).pid) + '\\n');
  if (process.argv[1] === 'connected') connect(server.address().port, '127.0.0.1', start);
  else server.close(start);
});`;

test('a shell on a pipe is a signal where its parent has a connection, and none where it has not', async (context) => {
  for (const [mode, count] of [
    ['connected', 1],
    ['alone', 0],
  ] as const) {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', relay, mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => parent.kill());
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const ids = { host_pid: Number(line), host_ppid: parent.pid ?? 0 };
    const event: RecordContent = { event: 'sched_process_exec', ...runs('/bin/sh', ids) };
    const found = await findingsOf(stdioOverSocket, [event], { withSignals: true });
    assert.equal(found.length, count, mode);
    assert.deepEqual(await findingsOf(stdioOverSocket, [event]), [], 'without signals');
  }
});

test('a shell on a named pipe is a signal where who holds its other pipe has a connection', async (context) => {
  const fifo = join(directory, 'fifo');
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = `import { connect } from 'node:net'; connect(${port}, '127.0.0.1').resume();`;
  const command = `mkfifo ${fifo}; sh <${fifo} & echo $!; node --input-type=module -e "$0" >${fifo}`;
  const parent = spawn('/bin/sh', ['-c', command, client], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const [connection] = (await once(server, 'connection')) as [Socket];
  context.after(() => connection.destroy());
  const ids = { host_pid: Number(line), host_ppid: parent.pid ?? 0 };
  const event: RecordContent = { event: 'sched_process_exec', ...runs('/bin/sh', ids) };
  const [found] = await findingsOf(stdioOverSocket, [event], { withSignals: true });
  assert.match(found?.facts.join('\n') ?? '', /process \d+, at the other end, has the connection tcp/);
});
