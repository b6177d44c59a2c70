import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventToRow, tableHeader } from '../../src/output/table.js';
import { recordedEvent } from '../events/record-encoder.js';

const zsh = { host_tid: 14_726, host_pid: 14_726, ns_tid: 14_726, ns_pid: 14_726, uid: 1000, comm: 'zsh' };

test('the header has the columns of the original', () => {
  assert.equal(
    tableHeader,
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
    eventToRow(execve),
    '176751.746515  1000   zsh              14726   14726   0                execve               pathname: /usr/bin/ls, argv: [ls]',
  );
  const open = recordedEvent({
    event: 'security_file_open',
    fields: { ...zsh, time: 176_751_747_077_000n, comm: 'ls' },
    args: { pathname: { bytes: '/etc/ld.so.cache' }, flags: 0o100000, dev: 8_388_610, inode: 533_737 },
  });
  assert.equal(
    eventToRow(open),
    '176751.747077  1000   ls               14726   14726   0                security_file_open   pathname: /etc/ld.so.cache, flags: O_RDONLY|O_LARGEFILE, dev: 8388610, inode: 533737',
  );
});

test('an event without arguments ends with its name', () => {
  assert.match(
    eventToRow(recordedEvent({ event: 'ptrace', fields: { return_value: -38 } })),
    / -38 +ptrace$/,
  );
});

test('what was cut is marked with its whole size where it is known', () => {
  const row = eventToRow(
    recordedEvent({
      event: 'execve',
      args: { pathname: { bytes: '/a', isCut: true }, argv: { bytes: 'a\0b\0', full: 99, isCut: true } },
    }),
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
  );
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(row, /[\u0000-\u001f\u007f-\u009f\u202e]/);
  assert.match(row, /pathname: \\x1b\[2J\\x0a0 0 root 1 1 0 fake\\u202e\\x9b31m, argv: \[a \\x1b/);
});
