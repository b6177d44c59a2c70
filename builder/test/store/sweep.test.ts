import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { objectOfTemporary, temporaryName } from '../../src/store/names.js';
import { sweep } from '../../src/store/sweep.js';
import { createDirectory } from '../fixtures/scratch.js';

const name = 'tracee.bpf.6_1_0.0_1_0.o';
const minuteMs = 60_000;

function agedFile(directory: string, file: string, ageMs: number): string {
  writeFileSync(join(directory, file), 'part');
  const time = new Date(Date.now() - ageMs);
  utimesSync(join(directory, file), time, time);
  return file;
}

test('a temporary name leads back to its object, and that of its signature too', () => {
  assert.equal(objectOfTemporary(temporaryName(name)), name);
  assert.equal(objectOfTemporary(`.${name}.sig.0123456789ab.tmp`), name);
  for (const other of [name, `.${name}.tmp`, `.${name}.lock`, '.other.0123456789ab.tmp', `${name}.sig`]) {
    assert.equal(objectOfTemporary(other), undefined, other);
  }
});

test('what killed builders of an object left is removed, and nothing else', async (context) => {
  const directory = createDirectory(context);
  agedFile(directory, temporaryName(name), 6 * minuteMs);
  agedFile(directory, temporaryName(name), -6 * minuteMs);
  mkdirSync(join(directory, `.${name}.00000000000d.tmp`));
  utimesSync(join(directory, `.${name}.00000000000d.tmp`), 1, 1);
  const kept = [
    agedFile(directory, temporaryName(name), minuteMs),
    agedFile(directory, temporaryName('tracee.bpf.6_2_0.0_1_0.o'), 60 * minuteMs),
    agedFile(directory, name, 60 * minuteMs),
    agedFile(directory, `.${name}.notes`, 60 * minuteMs),
  ];
  await sweep(directory, name);
  assert.deepEqual(readdirSync(directory).toSorted(), kept.toSorted());
});

test('a link with such a name is not followed', async (context) => {
  const directory = createDirectory(context);
  writeFileSync(join(directory, 'precious'), 'kept');
  utimesSync(join(directory, 'precious'), 1, 1);
  symlinkSync('precious', join(directory, temporaryName(name)));
  await sweep(directory, name);
  assert.equal(readFileSync(join(directory, 'precious'), 'utf8'), 'kept');
});

test('a directory that is not there has nothing to sweep', async (context) => {
  await sweep(join(createDirectory(context), 'absent'), name);
});
