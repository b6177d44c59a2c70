import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '../../../src/events/container.js';
import { isNamed } from '../../../src/tracing/filters/container-filter.js';
import { filterPlaces } from '../../../src/tracing/filters/places.js';
import { parseSelection } from '../../../src/tracing/selection.js';

const id = '0123abcd'.repeat(8);
const container: Container = {
  ...{ id, engine: 'docker', name: undefined, image: undefined, owner: undefined },
  ...{ nested: [], isOld: false, isSettled: true },
};

/** Facts that are looked at, and those that must hold. */
function factsOf(...expressions: string[]): string[] {
  return (parseSelection(expressions).scope.filters ?? []).map(({ values }) => values[0]?.join(' ') ?? '');
}

test('what is said of containers becomes facts that the kernel looks at', () => {
  assert.deepEqual(factsOf('container'), ['1 1']);
  assert.deepEqual(factsOf('c'), ['1 1']);
  assert.deepEqual(factsOf('!contain'), ['1 0']);
  assert.deepEqual(factsOf('container=new'), ['3 3']);
  assert.deepEqual(factsOf('cont!=new'), ['3 1']);
  assert.deepEqual(factsOf('container=web', 'container=db,0123abcd'), ['4 4']);
  assert.deepEqual(factsOf('container!=web'), ['8 0']);
  assert.deepEqual(factsOf('container', 'container=new', 'container=a', 'container!=b'), [
    ...['1 1', '3 3', '4 4', '8 0'],
  ]);
});

test('what is no such expression is refused', () => {
  for (const [text, message] of [
    ['container>5', /compares containers/],
    ['container<=web', /compares containers/],
    ['container=new,old', /says more than whether a container is new/],
    ['container=', /has an empty value/],
    ['containers', /is no trace expression/],
  ] as const) {
    assert.throws(() => parseSelection([text]), { code: 'INVALID_FILTER', message });
  }
});

test('a container is meant by its name, by the beginning of its name, or by that of its id', () => {
  const values = (text: string): Parameters<typeof isNamed>[1] =>
    parseSelection([`container=${text}`]).scope.container?.chosen ?? [];
  const web = { ...container, name: 'web-1' };
  assert.equal(isNamed(web, values('web-1')), true);
  assert.equal(isNamed(web, values('other,web*')), true);
  assert.equal(isNamed(web, values('web')), false);
  assert.equal(isNamed(web, values(id.slice(0, 4))), true);
  assert.equal(isNamed(web, values(id)), true);
  assert.equal(isNamed(web, values(id.slice(1, 9))), false);
  assert.equal(isNamed(web, values('012')), false, 'three digits are a name');
  assert.equal(isNamed(web, values(`"${id.slice(0, 12)}"`)), false, 'in quotes it is a name');
});

test('while an engine is asked nobody knows whether a container is not meant', () => {
  const { chosen = [] } = parseSelection(['container=web,0123abcd']).scope.container ?? {};
  const unsettled = { ...container, isSettled: false };
  assert.equal(isNamed(unsettled, chosen), true);
  assert.equal(isNamed({ ...unsettled, id: 'f'.repeat(64) }, chosen), undefined);
  assert.equal(isNamed({ ...container, id: 'f'.repeat(64) }, chosen), false);
});

test('each filter is said to be evaluated in the kernel, in the runtime, or in both', () => {
  const { scope, filters } = parseSelection([
    ...['pid=7,8', 'tree=9', 'uid>=1000', 'comm!=sh', 'pid!=5', 'follow', 'container', 'container=web'],
    ...['openat.pathname=/etc/*', 'openat.pathname!=/etc/passwd', 'close.retval<0'],
  ]);
  assert.deepEqual(
    filterPlaces(scope, filters).map(({ filter, where }) => `${where}: ${filter}`),
    [
      'kernel: pid=7,8',
      'kernel: tree=9',
      'kernel: pid!=5',
      'kernel: uid>=1000',
      'kernel: comm!=sh',
      'both: container',
      'both: container=web',
      'kernel: follow',
      'runtime: openat.pathname=/etc/* and openat.pathname!=/etc/passwd',
      'runtime: close.retval<0',
    ],
  );
});
