import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findHierarchy } from '../../runtime/dist/containers/hierarchy.js';
import { argument, parseLines, runTracee, startTracee, type JsonEvent } from './harness.js';

/* Containers by what their cgroups are called, made here without an engine: those have ci/test/containers.slow.test.ts. */

interface ContainerEvent extends JsonEvent {
  containerId: string;
  containerName?: string | null;
  containerEngine?: string;
  containerFullId?: string;
  containerOwner?: number;
  containersWithin?: string[];
}

const hierarchy = findHierarchy();
const mount = hierarchy?.isWhole === true ? hierarchy.mount : undefined;
const needs = { skip: mount === undefined ? 'not all cgroups of this host are to be seen' : false };

const id = 'c0ffee00'.repeat(8);
const other = 'deadbeef'.repeat(8);
const inner = '12345678'.repeat(8);
const made: string[] = [];

after(() => {
  for (const path of made.toReversed()) rmdirSync(path);
});

/** Makes a cgroup and those above it; returns the file that takes processes. */
function makeCgroup(path: string): string {
  let directory = mount ?? '';
  for (const name of path.split('/')) {
    const above = directory;
    directory = join(directory, name);
    if (existsSync(directory)) continue;
    mkdirSync(directory);
    made.push(directory);
    if (hierarchy?.controller?.name !== 'cpuset') continue;
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      writeFileSync(join(directory, file), readFileSync(join(above, file)));
  }
  return join(directory, 'cgroup.procs');
}

/** What a shell starts: `echo before`, and in the cgroup `echo inside`. Engines of this host are not asked. */
function traced(
  procs: string,
  expressions: readonly string[] = [],
  inside = '/bin/echo inside',
): ContainerEvent[] {
  const { stdout, stderr, status } = runTracee([
    ...['trace', '--output', 'json', '--crs', 'none', '--trace', 'event=execve'],
    ...expressions.flatMap((one) => ['--trace', one]),
    ...['--', '/bin/sh', '-c', `/bin/echo before; echo $$ >${procs}; ${inside}; true`],
  ]);
  assert.equal(status, 0, stderr);
  return parseLines<ContainerEvent>(stdout).filter(({ returnValue }) => returnValue === 0);
}

const said = (events: readonly JsonEvent[]): string[] =>
  events
    .map((event) => (argument(event, 'argv') as string[])[1] ?? '')
    .filter((word) => /^[a-z]+$/.test(word));

test('a process has the container of its cgroup from the moment on that it is in it', needs, () => {
  const events = traced(makeCgroup(`docker/${id}`));
  const [before, inside] = ['before', 'inside'].map((word) =>
    events.find((event) => (argument(event, 'argv') as string[])[1] === word),
  );
  assert.equal(before?.containerId, '');
  assert.equal(before.containerEngine, undefined);
  assert.equal(inside?.containerId, id.slice(0, 12));
  assert.equal(inside.containerFullId, id);
  assert.equal(inside.containerEngine, 'docker');
  assert.equal(inside.containerName, null);
  assert.equal(inside.containerOwner, undefined);
});

test('a cgroup that a user has made says whose word it is', needs, () => {
  const procs = makeCgroup(`podman-${process.pid}/libpod-${id}.scope`);
  chownSync(join(procs, '..'), 65_534, 65_534);
  const inside = traced(procs).at(-1);
  assert.equal(inside?.containerEngine, 'podman');
  assert.equal(inside.containerOwner, 65_534);
});

test('of nested containers the outermost is told, and those within beside it', needs, () => {
  const inside = traced(makeCgroup(`docker/${id}/kubepods/cri-containerd-${inner}.scope`)).at(-1);
  assert.equal(inside?.containerFullId, id);
  assert.deepEqual(inside.containersWithin, [inner]);
});

test('container=ID and container!=ID part the events of one container from all others', needs, () => {
  const procs = makeCgroup(`docker/${id}`);
  assert.deepEqual(said(traced(procs, [`container=${id.slice(0, 8)}`])), ['inside']);
  assert.deepEqual(said(traced(procs, [`container=${other},${id}`])), ['inside']);
  assert.deepEqual(said(traced(procs, [`container=${other}`])), []);
  assert.deepEqual(said(traced(procs, [`container!=${id}`])), ['before']);
  assert.deepEqual(said(traced(procs, [`container!=${other}`])), ['before', 'inside']);
});

test(
  'container and !container part processes in containers from the others, by cgroup or pid namespace',
  needs,
  () => {
    const procs = makeCgroup(`docker/${id}`);
    const plain = makeCgroup(`plain-${process.pid}`);
    const namespaced = 'unshare --pid --fork /bin/echo namespaced';
    assert.deepEqual(said(traced(procs, ['container'])), ['inside']);
    assert.deepEqual(said(traced(procs, ['!container'])), ['before']);
    assert.deepEqual(said(traced(plain, ['c'], namespaced)), ['namespaced']);
    assert.ok(!said(traced(plain, ['!container'], namespaced)).includes('namespaced'));
  },
);

test('a container is new where it began when tracing had begun', needs, () => {
  const procs = makeCgroup(`docker/${id}`);
  const plain = makeCgroup(`plain-${process.pid}`);
  assert.deepEqual(said(traced(procs, ['container=new'])), []);
  assert.deepEqual(said(traced(procs, ['container!=new'])), ['inside']);
  assert.deepEqual(said(traced(plain, ['container=new'], 'unshare --pid --fork /bin/echo namespaced')), [
    'namespaced',
  ]);
  const young = join(mount ?? '', 'docker', other);
  made.push(young);
  const cpuset = hierarchy?.controller?.name === 'cpuset';
  const copies = ['cpuset.cpus', 'cpuset.mems'].map((file) => `cat ${young}/../${file} >${young}/${file}`);
  const begin = [
    `mkdir ${young}`,
    ...(cpuset ? copies : []),
    `echo $$ >${young}/cgroup.procs`,
    '/bin/echo young',
  ];
  assert.deepEqual(said(traced(procs, ['container=new'], begin.join('; '))), ['young']);
});

test('follow goes on with what leaves a container', needs, async () => {
  const procs = makeCgroup(`docker/${id}`);
  const root = `${mount ?? ''}/cgroup.procs`;
  const leave = `echo $$ >${root}; /bin/echo left`;
  assert.deepEqual(said(traced(procs, ['container'], leave)), []);
  const { child, ended } = await startTracee([
    ...['trace', '--output', 'json', '--crs', 'none', '--trace', 'event=execve'],
    ...['--trace', 'container', '--trace', 'follow', '--', '/bin/sh'],
  ]);
  let printed = '';
  child.stdout?.on('data', (part: string) => (printed += part));
  const lines = async (count: number): Promise<void> => {
    while (printed.split('\n').length <= count) await once(child.stdout ?? child, 'data');
  };
  // The first event of a container is one that the kernel cannot decide about. A shell loses what it has read when it
  // becomes another.
  child.stdin?.write(`echo $$ >${procs}\nexec /bin/sh\n`);
  await lines(1);
  child.stdin?.write('exec /bin/sh\n');
  await lines(2);
  child.stdin?.end(`${leave}\n`);
  const { stdout } = await ended;
  assert.deepEqual(said(parseLines<JsonEvent>(stdout)), ['left'], stdout);
});
