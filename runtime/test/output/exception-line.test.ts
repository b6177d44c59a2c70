import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExceptionEntry } from '../../src/detection/exception.js';
import { exceptionLine } from '../../src/output/exception-line.js';

test('an entry is a flow mapping, and what is not set is left out', () => {
  const entry: ExceptionEntry = {
    rule: 'TRC-2',
    sight: 'traceme',
    executable: '/opt/a-b.c',
    owner: 0,
    uid: 1000,
  };
  assert.equal(
    exceptionLine(entry),
    '{rule: TRC-2, sight: traceme, executable: /opt/a-b.c, owner: 0, uid: 1000}',
  );
  assert.equal(
    exceptionLine({ rule: 'A', data: { fd: [1, 2], 'a b': '/x' } }),
    '{rule: A, data: {fd: [1, 2], "a b": /x}}',
  );
});

test('text that YAML would take for something else, or a terminal for a command, is quoted and escaped', () => {
  for (const [text, line] of [
    ['/opt/a b', '"/opt/a b"'],
    ['/opt/a: b', '"/opt/a: b"'],
    ['/opt/a,uid', '"/opt/a,uid"'],
    ['/opt/a}', '"/opt/a}"'],
    ['/opt/a"b\\', '"/opt/a\\"b\\\\"'],
    ['/opt/\u001b[2J\u202e\n', '"/opt/\\u001b[2J\\u202e\\n"'],
    ['true', '"true"'],
    ['No', '"No"'],
    ['12', '"12"'],
    ['', '""'],
  ] as const) {
    assert.equal(exceptionLine({ rule: 'A', executable: text }), `{rule: A, executable: ${line}}`);
  }
});
