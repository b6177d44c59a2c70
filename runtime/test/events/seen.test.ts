import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSeen } from '../../src/events/seen.js';

test('an event is seen on the kernels where one of its rows was, in the order of their versions', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-seen-'));
  const keep = (kernel: string, outcome: string): void => {
    const verdicts = [
      { event: 'bpf', outcome: 'missed' },
      { event: 'bpf', outcome },
      { event: 'open', outcome: 'quiet' },
    ];
    writeFileSync(join(directory, `${kernel}.json`), JSON.stringify({ kernel, verdicts }));
  };
  try {
    keep('debian-6.12', 'seen');
    keep('debian-6.1', 'seen');
    keep('linux-6.18', 'unavailable');
    keep('debian-5.10', 'seen');
    assert.deepEqual([...readSeen(directory)], [['bpf', ['5.10', '6.1', '6.12']]]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
