import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue } from '../../src/events/catalogue/index.js';
import { renderPage } from '../../src/events/page.js';

const page = renderPage();

test('docs/events.md is made of the catalogue as it is', () => {
  assert.equal(readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8'), page);
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
