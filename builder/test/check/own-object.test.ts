import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { readManifest } from 'tracee/artifact';
import { checkStatically } from '../../src/check/static-check.js';
import { kernelVersion } from '../../src/check/kernel-version.js';
import { programTypes } from '../../src/check/kernel-interface.js';

const directory = fileURLToPath(new URL('../../../runtime/portable/', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const path = `${directory}tracee.bpf.core.${version.replaceAll('.', '_')}.o`;
const object = readFileSync(path);

test('all programs of the portable object can be loaded from 5.10 on', () => {
  for (const release of ['5.10.0-32-amd64', '5.15.0', '6.1.0-56-amd64', '6.12.0', '7.2.0']) {
    const { programs, isServable } = checkStatically(object, path, release);
    assert.equal(programs.length, readManifest(object, path).programs.length);
    assert.deepEqual(
      programs.flatMap(({ problems }) => problems),
      [],
      release,
    );
    assert.ok(isServable);
  }
});

test('below 5.8 the portable object needs another way than the ring buffer, and lacks nothing else', () => {
  const { programs, isServable } = checkStatically(object, path, '5.7.0');
  const problems = programs.flatMap((one) => one.problems);
  assert.ok(problems.every(({ message }) => /ringbuf/i.test(message)));
  const hasOtherWay = readManifest(object, path).requirements.mapTypes.includes('perf_event_array');
  assert.equal(isServable, hasOtherWay);
});

test('each program of the portable object is refused by the last kernel without its type', () => {
  const { programs } = checkStatically(object, path, '5.4.0');
  for (const { name, section, problems } of programs) {
    const type = programTypes.get(section.split('/')[0] ?? '');
    assert.ok(type, section);
    const isNewer = kernelVersion(type.since) > kernelVersion('5.4');
    assert.equal(
      problems.some(({ rule }) => rule === 'program-type'),
      isNewer,
      name,
    );
  }
});
