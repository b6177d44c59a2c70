import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { maskOf, parseCapabilities, type CapabilitySets } from '../../src/host/capabilities.js';

const program = fileURLToPath(new URL('confine-myself.ts', import.meta.url));
const keep = maskOf(['CAP_SYS_PTRACE', 'CAP_KILL']);

interface Report {
  readonly before: string;
  readonly threads: readonly string[];
  readonly child: string;
  readonly core: string;
  readonly descriptors: number;
}

function confineAnother(): Report {
  const output = execFileSync(process.execPath, ['--import', 'tsx', program, String(keep)], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as Report;
}

const isFree = (status: string): boolean => !/^NoNewPrivs:\s*1$/m.test(status);

test('every thread keeps what is asked for and it had, can gain nothing, and passes no more on', () => {
  const { before, threads, child } = confineAnother();
  assert.ok(isFree(before));
  const had = parseCapabilities(before);
  const kept = had.permitted & keep;
  const expected: CapabilitySets = {
    permitted: kept,
    effective: kept,
    inheritable: 0n,
    ambient: 0n,
    // The bounding set is for those who may change it; without that no_new_privs holds alone.
    bounding: had.effective & maskOf(['CAP_SETPCAP']) ? had.bounding & keep : had.bounding,
  };
  assert.ok(threads.length > 6, String(threads.length));
  for (const status of threads) {
    assert.deepEqual(parseCapabilities(status), expected);
    assert.ok(!isFree(status));
  }
  assert.equal(parseCapabilities(child).permitted & ~kept, 0n);
  assert.ok(!isFree(child));
});

test('what was forbidden leaves no core dump, and the process its own descriptors', () => {
  const { core, descriptors } = confineAnother();
  assert.match(core, /^Max core file size\s+0\s+0\s/);
  assert.ok(descriptors > 3);
});
