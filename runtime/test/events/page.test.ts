import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../../src/events/catalogue/index.js';
import { renderPage } from '../../src/events/page.js';
import { readSeen } from '../../src/events/seen.js';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
const page = renderPage(readSeen(inDocs('events')));

test('docs/events.md is made of the catalogue and of the kept results as they are', () => {
  assert.equal(readFileSync(inDocs('events.md'), 'utf8'), page, 'run `npm run generate`');
});

test('the page names the kernels on which tests saw an event, and none for one that nobody saw', () => {
  const rowOf = (seen: ReadonlyMap<string, readonly string[]>): string =>
    renderPage(seen)
      .split('\n')
      .find((line) => line.startsWith('| `module_load` ')) ?? '';
  assert.match(rowOf(new Map([['module_load', ['5.10', '6.1']]])), /\| 5\.10, 6\.1 \|$/);
  assert.match(rowOf(new Map()), /\| {2}\|$/);
});

test('the page has each event once, with every argument', () => {
  for (const { name, id, arguments: list } of catalogue) {
    const isOwn = new RegExp(`^\\| \`${name}\` [^|]*\\| ${id} `);
    const rows = page.split('\n').filter((row) => isOwn.test(row));
    assert.equal(rows.length, 1, name);
    for (const argument of list)
      assert.ok(rows[0]?.includes(`\`${argument.name}\``), `${name}.${argument.name}`);
  }
});
