import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesException, narrowestException, type ExceptionEntry } from '../../src/detection/exception.js';
import type { Finding } from '../../src/detection/rule.js';
import { storages } from '../../src/events/layout.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';
import { findingOn } from './rule-fixture.js';

const fields = { uid: 1000, executable_uid: 33, executable_links: 1, executable_storage: storages.disk };

function finding(more: Partial<Finding> = {}, record: Partial<RecordContent> = {}): Finding {
  const event = recordedEvent({
    event: 'ptrace',
    fields,
    executable: { bytes: '/opt/tool' },
    ancestors: [{ hostPid: 10, pid: 10, startTime: 2n, comm: 'make' }],
    ...record,
  });
  return findingOn(event, { data: { file: '/a', fd: 3 }, ...more });
}

const whole: ExceptionEntry = {
  rule: 'A',
  sight: 'sight',
  executable: '/opt/tool',
  owner: 33,
  uid: 1000,
  parent: 'make',
  data: { file: ['/b', '/a'], fd: 3 },
};

test('an entry holds where all that it names holds', () => {
  assert.ok(matchesException(finding(), whole));
  assert.ok(matchesException(finding(), { rule: 'A' }));
  assert.ok(matchesException(finding(), { rule: 'A', data: { fd: '3' } }));
});

for (const [name, other] of Object.entries({
  rule: { rule: 'B' },
  sight: { sight: 'other' },
  executable: { executable: '/opt/tool2' },
  owner: { owner: 0 },
  uid: { uid: 0 },
  parent: { parent: 'init' },
  'a value of data': { data: { file: '/c' } },
  'data that the finding does not have': { data: { inode: 1 } },
} satisfies Record<string, Partial<ExceptionEntry>>)) {
  test(`an entry does not hold where ${name} is another`, () => {
    assert.equal(matchesException(finding(), { ...whole, ...other }), false);
  });
}

test('the path of a file that has no name on a file system excuses nothing', () => {
  for (const changed of [{ executable_links: 0 }, { executable_storage: storages.memory }]) {
    const one = finding({}, { fields: { ...fields, ...changed } });
    assert.equal(matchesException(one, { rule: 'A', executable: '/opt/tool' }), false);
    assert.equal(narrowestException(one), undefined);
  }
});

test('a finding whose program is unknown has no entry of its own, since that would silence far more', () => {
  const event = recordedEvent({ event: 'ptrace', fields });
  assert.equal(narrowestException(findingOn(event)), undefined);
});

test('the narrowest entry holds for its finding, and not for another user, program, owner, sight or rule', () => {
  const one = finding();
  const entry = narrowestException(one);
  assert.deepEqual(entry, { rule: 'A', sight: 'sight', executable: '/opt/tool', owner: 33, uid: 1000 });
  assert.ok(matchesException(one, entry));
  const others = [
    finding({}, { fields: { ...fields, uid: 0 } }),
    finding({}, { fields: { ...fields, executable_uid: 1000 } }),
    finding({}, { executable: { bytes: '/opt/other' } }),
    finding({ sight: { ...one.sight, id: 'other' } }),
    finding({ rule: { ...one.rule, id: 'B' } }),
  ];
  for (const other of others) assert.equal(matchesException(other, entry), false);
});
