import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnnotations, parseDocker, parseStorage } from '../../src/containers/engine-state.js';

const id = '0123456789abcdef'.repeat(4);

test('docker tells name and image in its file and over its socket alike', () => {
  const json = JSON.stringify({ ID: id, Name: '/web', Config: { Image: 'nginx:1.25', Env: ['A=b'] } });
  assert.deepEqual(parseDocker(json), { name: 'web', image: 'nginx:1.25' });
  const nameless = JSON.stringify({ Name: '', Config: { Image: '' } });
  assert.deepEqual(parseDocker(nameless), { name: undefined, image: undefined });
});

test('podman and cri-o keep a table, with what the image is called in a text of its own', () => {
  const metadata = JSON.stringify({ 'image-name': 'docker.io/library/redis:7', name: 'cache' });
  const table = JSON.stringify([
    { id: 'f'.repeat(64), names: ['other'] },
    { id, names: ['cache'], image: 'a'.repeat(64), metadata },
  ]);
  assert.deepEqual(parseStorage(table, id), { name: 'cache', image: 'docker.io/library/redis:7' });
  assert.equal(parseStorage(table, 'e'.repeat(64)), undefined);
  assert.deepEqual(parseStorage(JSON.stringify([{ id, names: null, metadata: '{' }]), id), {
    name: undefined,
    image: undefined,
  });
});

test('Kubernetes has containerd and cri-o write names and images of containers, and names of pods', () => {
  const of = (annotations: unknown): unknown => parseAnnotations(JSON.stringify({ annotations }));
  assert.deepEqual(
    of({
      'io.kubernetes.cri.container-name': 'app',
      'io.kubernetes.cri.image-name': 'registry.example.org/app:2',
      'io.kubernetes.cri.sandbox-name': 'app-5d9c',
    }),
    { name: 'app', image: 'registry.example.org/app:2' },
  );
  assert.deepEqual(
    of({ 'io.kubernetes.cri.container-type': 'sandbox', 'io.kubernetes.cri.sandbox-name': 'app-5d9c' }),
    {
      name: 'app-5d9c',
      image: undefined,
    },
  );
  assert.deepEqual(
    of({ 'io.kubernetes.container.name': 'app', 'io.kubernetes.cri-o.ImageName': 'quay.io/app:3' }),
    { name: 'app', image: 'quay.io/app:3' },
  );
  assert.deepEqual(of(undefined), { name: undefined, image: undefined });
});

test('what is no state of an engine says nothing, and a name is not endless', () => {
  for (const text of [undefined, '', '{', '[]', '7', 'null', '{"Name":5}', '{"annotations":[1]}']) {
    assert.equal(parseDocker(text), undefined, text);
    assert.equal(parseStorage(text, id), undefined, text);
  }
  assert.equal(parseAnnotations('{"annotations":[1]}'), undefined);
  const long = JSON.stringify({ Name: `/${'n'.repeat(9000)}`, Config: { Image: 'i' } });
  assert.ok((parseDocker(long)?.name?.length ?? 0) <= 512);
});
