import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { refusalOf } from 'tracee/libbpf';
import { compileError } from '../../src/compile/clang-errors.js';
import { findSymptom, symptoms } from '../../src/symptoms/table.js';

/*
 * One real output for each row: of the tools of Debian 12, of the verifiers of Linux 6.18 and 5.10 (the loop),
 * of execa and of Docker's API. `old-clang` is worded as clang 8 does.
 */
const directory = fileURLToPath(new URL('outputs', import.meta.url));
const outputOf = (id: string): string => readFileSync(`${directory}/${id}.txt`, 'utf8');

test('each row of the table has an output that shows it, and each output a row', () => {
  assert.deepEqual(readdirSync(directory).toSorted(), symptoms.map(({ id }) => `${id}.txt`).toSorted());
});

for (const row of symptoms) {
  test(`the ${row.speaker}'s output of ${row.id} is told from all others`, () => {
    const speakers = row.speaker === 'headers' ? (['clang', 'headers'] as const) : [row.speaker];
    assert.equal(findSymptom(outputOf(row.id), ...speakers)?.id, row.id);
  });
}

for (const { id, cause, mend } of symptoms.filter(({ speaker }) => ['clang', 'headers'].includes(speaker))) {
  test(`a compile that fails with ${id} names cause and mend`, () => {
    const { message, hint } = compileError('clang', outputOf(id));
    assert.ok(message.startsWith(`clang failed (${cause}):\n  `), message);
    assert.equal(hint, mend);
  });
}

for (const { id } of symptoms.filter(({ speaker }) => speaker === 'verifier')) {
  test(`the verdict is the only line of ${id} that the table needs`, () => {
    assert.equal(findSymptom(refusalOf(outputOf(id))?.reason ?? '', 'verifier')?.id, id);
  });
}

test('an output that nobody knows has no row', () => {
  assert.equal(findSymptom('error: something new', 'clang', 'headers', 'verifier', 'docker'), undefined);
});
