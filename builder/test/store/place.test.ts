import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { objectName } from 'tracee/artifact';
import { placeOf } from '../../src/store/place.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';
import { other, own, putObject } from './stored.js';

const release = '6.8.0-31-generic';
const name = objectName(release, '0.1.0');

test('the flat name is for the machine’s own architecture, others have a directory', (context) => {
  const store = createDirectory(context);
  assert.equal(placeOf(store, name, own), store);
  assert.equal(placeOf(store, name, other), join(store, other));
});

test('an object of another architecture under the flat name is not written over', (context) => {
  const store = createDirectory(context);
  putObject(store, { release, arch: other });
  assert.equal(placeOf(store, name, own), join(store, own));
});

test('what has a directory of its own stays there, where the runtime looks first', (context) => {
  const store = createDirectory(context);
  putObject(store, { release, place: join(own, name) });
  putObject(store, { release });
  assert.equal(placeOf(store, name, own), join(store, own));
});

test('a file that is no object is written over', (context) => {
  const store = writeFiles(createDirectory(context), { [name]: 'no object' });
  assert.equal(placeOf(store, name, own), store);
});
