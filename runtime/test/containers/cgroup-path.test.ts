import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimOf } from '../../src/containers/cgroup-path.js';

const id = '0123456789abcdef'.repeat(4);
const inner = 'fedcba9876543210'.repeat(4);
const pod = 'pod3c2b1a09_8f7e_4d6c_9b5a_0123456789ab';

/** Paths as engines on real hosts have them, with other ids. */
const recorded: readonly (readonly [path: string, engine: string])[] = [
  [`/docker/${id}`, 'docker'],
  [`/system.slice/docker-${id}.scope`, 'docker'],
  [`/system.slice/docker-${id}.scope/init.scope`, 'docker'],
  [`/user.slice/user-1000.slice/user@1000.service/docker.slice/docker-${id}.scope`, 'docker'],
  [`/machine.slice/libpod-${id}.scope`, 'podman'],
  [`/machine.slice/libpod-${id}.scope/container`, 'podman'],
  [`/libpod_parent/libpod-${id}`, 'podman'],
  [`/system.slice/web.service/libpod-payload-${id}`, 'podman'],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`, 'podman'],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${pod}.slice/cri-containerd-${id}.scope`,
    'containerd',
  ],
  [`/system.slice/containerd.service/kubepods-besteffort-${pod}.slice:cri-containerd:${id}`, 'containerd'],
  [`/k8s.io/${id}`, 'containerd'],
  [`/system.slice/nerdctl-${id}.scope`, 'containerd'],
  [`/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-${pod}.slice/crio-${id}.scope`, 'cri-o'],
  [`/kubepods.slice/kubepods-${pod}.slice/crio-${id}.scope/container`, 'cri-o'],
  [`/kubepods/besteffort/${pod}/crio-${id}`, 'cri-o'],
  [`/kubepods/burstable/${pod}/${id}`, 'unknown'],
  [`/some/parent/${id}`, 'unknown'],
];

test('a path of every engine and driver names its container', () => {
  for (const [path, engine] of recorded) {
    const claim = claimOf(path);
    assert.equal(claim?.id, id, path);
    assert.equal(claim.engine, engine, path);
    assert.ok(path.startsWith(claim.path) && claim.path.includes(id), path);
    assert.deepEqual(claim.nested, []);
  }
});

test('what engines run beside their containers is in none, nor is what is called almost like one', () => {
  for (const path of [
    '/',
    '',
    '/init.scope',
    '/system.slice/docker.service',
    `/machine.slice/libpod-conmon-${id}.scope`,
    `/system.slice/crio-conmon-${id}.scope`,
    `/docker/${id.slice(1)}`,
    `/docker/${id}0`,
    `/docker/${id.toUpperCase()}`,
    `/system.slice/docker-${id}.service`,
    `/system.slice/other-${id}.scope`,
    '/docker/buildkit/abcdefghijklmnopqrstuvwxy',
    `/${'a/'.repeat(3000)}docker/${id}`,
  ]) {
    assert.equal(claimOf(path), undefined, path);
  }
});

test('a container is the outermost: those within it are what it says itself', () => {
  const claim = claimOf(`/docker/${id}/kubelet/kubepods/${pod}/cri-containerd-${inner}.scope/init`);
  assert.equal(claim?.id, id);
  assert.equal(claim.engine, 'docker');
  assert.equal(claim.path, `/docker/${id}`);
  assert.deepEqual(claim.nested, [inner]);
  assert.deepEqual(claimOf(`/docker/${id}/docker/${id}`)?.nested, []);
});
