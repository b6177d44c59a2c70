import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCaptures } from '../../src/capture/options.js';
import type { TraceeError } from '../../src/errors.js';

const usual = {
  prefixes: [],
  hasProfile: false,
  directory: '/tmp/tracee',
  clears: false,
  limitBytes: 1024 ** 3,
};
const all = ['write', 'exec', 'mem', 'module'];

test('captures are asked for as in the original', () => {
  const rows: [string[], object][] = [
    [['write'], { kinds: ['write'] }],
    [['artifact:write'], { kinds: ['write'] }],
    [['write=/tmp*'], { kinds: ['write'], prefixes: ['/tmp'] }],
    [['exec'], { kinds: ['exec'] }],
    [['mem'], { kinds: ['mem'] }],
    [['module'], { kinds: ['module'] }],
    [['all'], { kinds: all }],
    [['mem', 'exec', 'write'], { kinds: ['mem', 'exec', 'write'] }],
    [['profile'], { kinds: ['exec'], hasProfile: true }],
    [['profile', 'exec'], { kinds: ['exec'], hasProfile: true }],
    [['write=/a*', 'write=/b*', 'write=/c*'], { kinds: ['write'], prefixes: ['/a', '/b', '/c'] }],
    [[`write=${'a'.repeat(50)}*`], { kinds: ['write'], prefixes: ['a'.repeat(50)] }],
    [['dir:/var/captures'], { kinds: [], directory: '/var/captures' }],
    [['exec', 'clear-dir'], { kinds: ['exec'], clears: true }],
    [['limit:100'], { kinds: [], limitBytes: 100 }],
    [['limit:512m'], { kinds: [], limitBytes: 512 * 1024 ** 2 }],
    [['limit:4G'], { kinds: [], limitBytes: 4 * 1024 ** 3 }],
  ];
  for (const [values, expected] of rows) {
    assert.deepEqual(parseCaptures(values), { ...usual, ...expected }, values.join(' '));
  }
  assert.equal(parseCaptures([]), undefined);
});

test('what cannot be captured is refused by name', () => {
  const rows = [
    ...['foo', '', 'write=', 'write=/tmp', 'write=*', `write=${'a'.repeat(51)}*`, `write=${'ä'.repeat(26)}*`],
    ...['dir:', 'dir:a\0b', 'artifact:dir:/tmp', 'exec=/tmp*', 'write,exec', 'pcap', 'net=lo', 'constructor'],
    ...['limit:', 'limit:0', 'limit:-1', 'limit:1.5G', 'limit:999999999999999T', 'clear-dir:/tmp', 'help'],
  ];
  for (const value of rows) {
    assert.throws(
      () => parseCaptures([value]),
      (error: TraceeError) =>
        error.code === 'USAGE' && error.message.includes(`"${value}"`) && error.hint !== undefined,
      value,
    );
  }
  assert.throws(() => parseCaptures(['write=/a*', 'write=/b*', 'write=/c*', 'write=/d*']), /4 prefixes/);
});
