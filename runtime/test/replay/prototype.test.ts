import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvent } from '../../src/replay/event.js';

/* Recorded events come from anywhere. */

for (const line of [
  '{"__proto__":{"polluted":1},"eventName":"ptrace"}',
  '{"constructor":{"prototype":{"polluted":1}},"eventName":"ptrace","args":[]}',
  '{"eventName":"__proto__","args":[]}',
  '{"eventName":"ptrace","args":[{"name":"__proto__","type":"long","value":1}]}',
]) {
  test(`${line} changes nothing that others have`, () => {
    try {
      assert.notEqual(parseEvent(line).kind, undefined);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
}
