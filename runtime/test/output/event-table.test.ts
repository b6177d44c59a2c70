import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventClock } from '../../src/output/event-clock.js';
import { eventToRow, tableHeader, type TableStyle } from '../../src/output/event-table.js';
import { recordedEvent } from '../events/record-encoder.js';

const zsh = { host_tid: 14_726, host_pid: 14_726, ns_tid: 14_726, ns_pid: 14_726, uid: 1000, comm: 'zsh' };

const style: TableStyle = {
  isVerbose: false,
  areContainers: false,
  isRaw: false,
  clock: new EventClock('boot'),
};
const verbose = { ...style, isVerbose: true };

test('the header has the columns of the original', () => {
  assert.equal(
    tableHeader(style),
    'TIME(s)        UID    COMM             PID     TID     RET              EVENT                ARGS',
  );
});

test('a row reads as the original printed it', () => {
  const execve = recordedEvent({
    event: 'execve',
    fields: { ...zsh, time: 176_751_746_515_000n },
    args: { pathname: { bytes: '/usr/bin/ls' }, argv: { bytes: 'ls\0' } },
  });
  assert.equal(
    eventToRow(execve, style),
    '176751.746515  1000   zsh              14726   14726   0                execve               pathname: /usr/bin/ls, argv: [ls]',
  );
  const open = recordedEvent({
    event: 'security_file_open',
    fields: { ...zsh, time: 176_751_747_077_000n, comm: 'ls' },
    args: { pathname: { bytes: '/etc/ld.so.cache' }, flags: 0o100000, dev: 8_388_610, inode: 533_737 },
  });
  assert.equal(
    eventToRow(open, style),
    '176751.747077  1000   ls               14726   14726   0                security_file_open   pathname: /etc/ld.so.cache, flags: O_RDONLY|O_LARGEFILE, dev: 8388610, inode: 533737',
  );
});

test('an event without arguments ends with its name', () => {
  assert.match(
    eventToRow(recordedEvent({ event: 'ptrace', fields: { return_value: -38 } }), style),
    / -38 \(ENOSYS\) +ptrace$/,
  );
});

test('what was cut is marked with its whole size where it is known', () => {
  const row = eventToRow(
    recordedEvent({
      event: 'execve',
      args: { pathname: { bytes: '/a', isCut: true }, argv: { bytes: 'a\0b\0', full: 99, isCut: true } },
    }),
    style,
  );
  assert.match(row, /pathname: \/a \(cut\), argv: \[a b\] \(cut, 99 in all\)$/);
});

test('a program that puts line ends and escape sequences everywhere gets one row of plain text', () => {
  const hostile = '\u001b[2J\n0 0 root 1 1 0 fake\u202e\u009b31m';
  const row = eventToRow(
    recordedEvent({
      event: 'execve',
      fields: { comm: '\u001b[2J\nx' },
      args: { pathname: { bytes: hostile }, argv: { bytes: `a\0${hostile}\0` } },
    }),
    style,
  );
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(row, /[\u0000-\u001f\u007f-\u009f\u202e]/);
  assert.match(row, /pathname: \\x1b\[2J\\x0a0 0 root 1 1 0 fake\\u202e\\x9b31m, argv: \[a \\x1b/);
});

test('the verbose table adds host name, container, namespaces, the parent, and the ids of the host', () => {
  assert.equal(
    tableHeader(verbose),
    'TIME(s)        UTS_NAME         CONTAINER_ID     MNT_NS       PID_NS       UID    COMM             PID/host        TID/host        PPID/host       RET              EVENT                ARGS',
  );
  const fields = {
    ...zsh,
    ns_pid: 7,
    ns_tid: 8,
    ns_ppid: 1,
    host_ppid: 900,
    uts_name: 'web',
    mnt_ns: 4,
    pid_ns: 5,
  };
  assert.match(
    eventToRow(recordedEvent({ event: 'dup', fields, args: { oldfd: 3 } }), verbose),
    /^0\.000000 +web +4 +5 +1000 +zsh +7\/14726 +8\/14726 +1\/900 +0 +dup +oldfd: 3$/,
  );
});

test('the table of containers alone has their names, and ids as the host has them', () => {
  assert.equal(
    tableHeader({ ...style, areContainers: true }),
    'TIME(s)        UTS_NAME         CONTAINER_ID     UID    COMM             PID/host        TID/host        RET              EVENT                ARGS',
  );
});

test('raw values have no names, neither of flags nor of errors', () => {
  const event = recordedEvent({
    event: 'open',
    fields: { return_value: -2 },
    args: { pathname: { bytes: '/x' }, flags: 0x80000, mode: 0o644 },
  });
  assert.match(
    eventToRow(event, style),
    / -2 \(ENOENT\) +open +pathname: \/x, flags: O_RDONLY\|O_CLOEXEC, mode: 0644$/,
  );
  assert.match(
    eventToRow(event, { ...style, isRaw: true }),
    / -2 +open +pathname: \/x, flags: 524288, mode: 420$/,
  );
});

test('times are told since tracing began, or by the clock on the wall', () => {
  const relative = new EventClock('relative');
  relative.begin();
  const now = Number(process.hrtime.bigint());
  assert.match(relative.textOf(now + 3_000_000_000), /^3\.\d{6}$/);
  const wall = new EventClock('wall');
  const [text, told] = [wall.wallTimeOf(now), wall.textOf(now)];
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.ok(text.includes(told) && /^[\d:.]{15}$/.test(told), told);
  assert.ok(Math.abs(Date.parse(text) - Date.now()) < 60_000, text);
  assert.match(tableHeader({ ...style, clock: wall }), /^TIME\(UTC\) +UID/);
});
