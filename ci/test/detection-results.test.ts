import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from '../detection/dist/command.js';
import { readRowChoice } from '../detection/dist/choice.js';
import { formatDocument } from '../detection/dist/document.js';
import { readResults } from '../detection/dist/results.js';
import { rows } from '../detection/dist/rows/index.js';
import { readText } from './repository.js';

test('the table of docs/detection.md is that of the results that are kept', () => {
  assert.equal(readText('docs/detection.md'), formatDocument(readResults()), 'run `make detection-table`');
});

test('no two rows have one id, and every program of a row has a source', () => {
  const ids = rows.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const row of rows) {
    const own = commandOf(row, '').filter((word) => /^\/?(?:dist|test)\//.test(word));
    assert.ok(own.length > 0, row.id);
    for (const word of own) {
      if (word.endsWith('.ko')) continue;
      const name = word.split('/').at(-1) ?? '';
      const isProgram = word.includes('dist/attacks/');
      const sources = isProgram
        ? [`test/attacks/${name}.c`, `test/benign/${name}.c`]
        : [word.replace(/^\//, '')];
      assert.ok(sources.some(isThere), `${row.id}: ${sources.join(', ')}`);
    }
  }
});

test('kept results are of rows that there are', () => {
  const known = new Set(rows.map(({ id }) => id));
  for (const { kernel, verdicts } of readResults()) {
    for (const { id } of verdicts) assert.ok(known.has(id), `${kernel}: ${id}`);
  }
});

test('rows are chosen by id, beginning, rule and class; a word that chooses nothing is refused', () => {
  assert.deepEqual(
    readRowChoice('sock-dup2').map(({ id }) => id),
    ['sock-dup2'],
  );
  assert.ok(readRowChoice('sock').every(({ rule }) => rule === 'TRC-1'));
  assert.equal(readRowChoice('').length, rows.length);
  assert.throws(() => readRowChoice('socks'), /no row is called "socks"/);
});

function isThere(path: string): boolean {
  try {
    readText(path);
    return true;
  } catch {
    return false;
  }
}
