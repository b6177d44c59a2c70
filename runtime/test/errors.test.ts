import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { errorTable } from '../src/errors.js';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** `## Status 3: …` holds for the `### OBJECT_NOT_FOUND` below it. */
function documentedCodes(markdown: string): Map<string, number> {
  const codes = new Map<string, number>();
  let status = Number.NaN;
  for (const line of markdown.split('\n')) {
    status = Number(/^## Status (\d+)/.exec(line)?.[1] ?? status);
    const code = /^### ([A-Z_]+)$/.exec(line)?.[1];
    if (code === undefined) continue;
    assert.ok(!codes.has(code), `docs/errors.md explains ${code} twice`);
    codes.set(code, status);
  }
  return codes;
}

function findDifferences(
  table: Record<string, { status: number }>,
  documented: Map<string, number>,
): string[] {
  const all = new Set([...Object.keys(table), ...documented.keys()]);
  return [...all].flatMap((code) => {
    const [inTable, inDocs] = [table[code]?.status, documented.get(code)];
    if (inTable === inDocs) return [];
    return [`${code} has status ${inTable ?? 'none'} in errors.ts, ${inDocs ?? 'none'} in docs/errors.md`];
  });
}

test('the table of errors and docs/errors.md have the same codes and statuses', () => {
  assert.deepEqual(findDifferences(errorTable, documentedCodes(page)), []);
});

test('a code that only one of them has, or that differs in status, is noticed', () => {
  const documented = documentedCodes('## Status 2: usage\n\n### USAGE\n\n## Status 6: tools\n\n### STALE\n');
  assert.deepEqual(
    [...documented],
    [
      ['USAGE', 2],
      ['STALE', 6],
    ],
  );
  assert.deepEqual(findDifferences({ USAGE: { status: 3 }, NEW: { status: 1 } }, documented), [
    'USAGE has status 3 in errors.ts, 2 in docs/errors.md',
    'NEW has status 1 in errors.ts, none in docs/errors.md',
    'STALE has status none in errors.ts, 6 in docs/errors.md',
  ]);
});

test('each code has a message as an example and words on what mends it', () => {
  const sections = page.split(/^### /m).slice(1);
  assert.equal(sections.length, Object.keys(errorTable).length);
  for (const section of sections) {
    assert.match(
      section,
      /^[A-Z_]+\n\n\S[\s\S]+?\n\n```text\ntracee(?:-builder)?: [\s\S]+?\n```\n\n\S/,
      section,
    );
  }
});
