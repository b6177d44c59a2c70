import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameTranslation } from '../../../src/toolchain/docker/translation.js';

const names = new NameTranslation([
  ['/tmp/work', '/build/work'],
  ['/usr/src/linux', '/build/source'],
  ['/usr/src/linux/out', '/build/build'],
]);

test('names are translated where they stand in arguments, the most specific first', () => {
  const there = (text: string): string => names.there(text);
  assert.equal(there('-I/usr/src/linux/include'), '-I/build/source/include');
  assert.equal(there('-I/usr/src/linux/out/include'), '-I/build/build/include');
  assert.equal(there('-fdebug-prefix-map=/usr/src/linux=kernel'), '-fdebug-prefix-map=/build/source=kernel');
  assert.equal(there('/tmp/work'), '/build/work');
});

test('a name that only begins or ends like one of ours stays', () => {
  for (const text of ['/usr/src/linux-6.1/a.h', '/home/usr/src/linux/a.h', '/tmp/works', '-O2']) {
    assert.equal(names.there(text), text);
  }
});

test('what a compiler says names files of this machine', () => {
  assert.equal(
    names.here('In file included from /build/work/x.c:3:\n/build/build/a.h:1:2: error: no'),
    'In file included from /tmp/work/x.c:3:\n/usr/src/linux/out/a.h:1:2: error: no',
  );
});

test('names with spaces are escaped in a make rule only', () => {
  const spaced = new NameTranslation([['/srv/my headers', '/build/source']]);
  assert.equal(spaced.hereInRule('a.o: /build/source/a.h'), String.raw`a.o: /srv/my\ headers/a.h`);
  assert.equal(spaced.here('/build/source/a.h:1:1'), '/srv/my headers/a.h:1:1');
});
