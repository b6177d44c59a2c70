import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needs } from '../../src/host/needs.js';

const rows = readFileSync(new URL('../../../docs/privileges.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| .*`CAP_/.test(line));

/** `5.8`, `undefined` -> `5.8 and newer`: how the page calls a range of kernels. */
function rangeOf({ since, before }: (typeof needs)[number]): string {
  if (since !== undefined) return `${since} and newer`;
  return before === undefined ? 'all' : `before ${before}`;
}

for (const need of needs) {
  test(`docs/privileges.md has ${need.capability} for ${need.use}, with its kernels`, () => {
    const found = rows.filter(
      (row) => row.includes(`| ${rangeOf(need)} `) && row.includes(`\`${need.capability}\``),
    );
    assert.equal(found.length, 1, rows.join('\n'));
    for (const [commit] of need.source.matchAll(/\b[0-9a-f]{12}\b/g)) {
      assert.ok(
        readFileSync(new URL('../../../docs/privileges.md', import.meta.url), 'utf8').includes(commit),
        commit,
      );
    }
  });
}
