import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root } from '../src/paths.js';
import { selfTimes, type CpuProfile } from '../src/profile.js';

const frame = (id: number, functionName: string, url: string): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});

test('self times add up by function over all its places in the call tree, without idle time', () => {
  const profile: CpuProfile = {
    nodes: [
      frame(1, 'encode', `file://${root}runtime/dist/output/json.js`),
      frame(2, 'encode', `file://${root}runtime/dist/output/json.js`),
      frame(3, '(idle)', ''),
      frame(4, '', 'node:buffer'),
    ],
    samples: [1, 3, 2, 4],
    timeDeltas: [200, 9000, 100, 100],
  };
  assert.deepEqual(selfTimes(profile), [
    { function: 'encode', place: 'runtime/dist/output/json.js:10', percent: 75 },
    { function: '(anonymous)', place: 'node:buffer:10', percent: 25 },
  ]);
});

test('a place outside the repository keeps only its file name', () => {
  const profile: CpuProfile = {
    nodes: [frame(1, 'f', 'file:///home/somebody/thing.js')],
    samples: [1],
    timeDeltas: [1],
  };
  assert.equal(selfTimes(profile)[0]?.place, 'thing.js:10');
});
