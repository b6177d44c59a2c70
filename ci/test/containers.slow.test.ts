import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { parseLines, runTracee, startTracee, type JsonEvent } from '../../test/e2e/harness.js';
import { startEngine, type Engine } from '../docker/dist/engine.js';
import { importFiles } from '../docker/dist/import-files.js';
import { readSettings } from '../docker/dist/settings.js';

/** Real engines, each with data of its own. Only what descends from them is traced. */

const image = 'tracee-test-container:1';
const program = '/bin/busybox';

interface ContainerEvent extends JsonEvent {
  hostProcessId: number;
  containerId: string;
  containerName?: string | null;
  containerImage?: string | null;
  containerEngine?: string;
  containerFullId?: string;
}

let directory: string;
let engine: Engine;
let archive: string;
let data: string;
let daemon: number;
const started: ChildProcess[] = [];

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tracee-containers-'));
  const settings = readSettings(process.env);
  const cacheDir = join(settings.cacheDir, 'containers');
  engine = await startEngine({ settings: { ...settings, cacheDir } });
  data = join(cacheDir, 'data');
  daemon = Number(await readFile(join(cacheDir, 'engine.pid'), 'utf8'));
  await importFiles(engine, image, { [program]: program });
  archive = join(directory, 'image.tar');
  await engine.docker('save', '--output', archive, image);
});

after(async () => {
  for (const child of started) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const socket = (): string => `docker:${engine.host.slice('unix://'.length)}`;

function dockerRun(name: string, ...words: string[]): Promise<string> {
  return engine.docker('run', '--rm', '--network', 'none', '--name', name, image, program, ...words);
}

/** What is traced of all that the engine does while `act` is done. */
async function traced(
  expressions: readonly string[],
  act: () => Promise<unknown>,
  others: readonly number[] = [],
  place = `docker:${data}`,
): Promise<ContainerEvent[]> {
  const tracee = await startTracee([
    'trace',
    ...['--crs', place],
    ...[
      '--output',
      'json',
      '--trace',
      `tree=${[daemon, ...others].join(',')}`,
      '--trace',
      'event=execve,sched_process_exit',
    ],
    ...expressions.flatMap((one) => ['--trace', one]),
  ]);
  await act();
  tracee.child.kill('SIGINT');
  const { stdout, status } = await tracee.ended;
  assert.equal(status, 0);
  return parseLines<ContainerEvent>(stdout);
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

const executed = (events: readonly ContainerEvent[]): string[] =>
  events
    .filter(({ eventName, returnValue }) => eventName === 'execve' && returnValue === 0)
    .map(({ args }) => String(args.find(({ name }) => name === 'argv')?.value));

test('a docker container that starts under tracing has id, name and image from its first program on', async () => {
  const events = await traced([], () => dockerRun('web', 'echo', 'hello'));
  const own = events.filter(({ containerName }) => containerName === 'web');
  assert.ok(executed(own).includes('/bin/busybox,echo,hello'), JSON.stringify(executed(events)));
  for (const one of own) {
    assert.equal(one.containerEngine, 'docker');
    assert.equal(one.containerImage, image);
    assert.match(one.containerFullId ?? '', /^[0-9a-f]{64}$/);
    assert.equal(one.containerId, one.containerFullId?.slice(0, 12));
  }
  assert.ok(
    events.some(({ containerId }) => containerId === ''),
    'what the engine does itself is in none',
  );
});

test('container=NAME tells of one container alone, from its first program on', async () => {
  const both = async (): Promise<void> => {
    await dockerRun('other', 'echo', 'other');
    await dockerRun('web', 'echo', 'hello');
  };
  const chosen = await traced(['container=web'], both);
  assert.deepEqual([...new Set(chosen.map(({ containerName }) => containerName))], ['web']);
  assert.ok(executed(chosen).includes('/bin/busybox,echo,hello'));
  const left = await traced(['container!=web'], both);
  assert.ok(left.length > 0);
  assert.deepEqual(
    left.filter(({ containerName }) => containerName === 'web'),
    [],
  );
  assert.ok(executed(left).includes('/bin/busybox,echo,other'));
});

test('container, !container and container=new tell containers from the host, and new from old', async () => {
  const fifo = join(directory, 'fifo');
  await execa('mkfifo', [fifo]);
  await engine.docker(
    ...['run', '--detach', '--rm', '--network', 'none', '--name', 'old', '--volume', `${fifo}:/fifo`, image],
    ...[program, 'sh', '-c', 'while busybox cat /fifo; do :; done'],
  );
  const [id = '', first] = (
    await engine.docker('inspect', '--format', '{{.Id}} {{.State.Pid}}', 'old')
  ).split(' ');
  // Not of the engine's tree: it was started before, and has been left to the host's first process.
  const shim = await parentOf(Number(first));
  try {
    const act = async (): Promise<void> => {
      await writeFile(fifo, 'x');
      await engine.docker('exec', 'old', program, 'echo', 'in the old');
      await dockerRun('young', 'echo', 'in the new');
    };
    // A program that is about to become a container has its namespaces before its cgroup.
    const namesOf = (events: readonly ContainerEvent[]): string =>
      [
        ...new Set(events.flatMap((one) => (one.containerId === '' ? [] : [String(one.containerName)]))),
      ].join();
    const tell = (expression: string): Promise<ContainerEvent[]> => traced([expression], act, [shim]);
    assert.equal(namesOf(await tell('container=new')), 'young');
    assert.equal(namesOf(await tell('container!=new')), 'old');
    const inside = await tell('container');
    assert.ok(executed(inside).includes('/bin/busybox,echo,in the old'));
    assert.ok(executed(inside).includes('/bin/busybox,echo,in the new'));
    const outside = await tell('!container');
    assert.ok(outside.length > 0);
    assert.deepEqual(
      outside.filter((one) => one.processId !== one.hostProcessId),
      [],
    );
    const byId = await traced([`container=${id.slice(0, 8)}`], act, [shim], socket());
    assert.equal(namesOf(byId), 'old');
    assert.ok(byId.every(({ containerFullId }) => containerFullId === id));
  } finally {
    await engine.docker('kill', 'old');
  }
});

test('podman: id, name and image of a container, of what podman keeps with its images', async () => {
  const storage = join(directory, 'podman');
  const podman = [
    ...['--root', storage, '--runroot', join(directory, 'podman-run'), '--storage-driver', 'vfs'],
    ...['--cgroup-manager', 'cgroupfs', '--runtime', 'runc', '--events-backend', 'none'],
  ];
  const loaded = await execa('podman', [...podman, 'load', '--input', archive]);
  const name = /^Loaded image: (.+)$/m.exec(loaded.stdout)?.[1] ?? '';
  const { stdout, stderr, status } = runTracee([
    ...['trace', '--crs', `podman:${storage}`, '--output', 'json', '--trace', 'event=execve', '--'],
    ...['podman', ...podman, 'run', '--rm', '--network', 'none', '--name', 'pod1'],
    // The usual ones are higher than a machine may allow.
    ...['--ulimit', 'nproc=512:512', '--ulimit', 'nofile=512:512', '--security-opt', 'seccomp=unconfined'],
    ...[name, program, 'echo', 'hello'],
  ]);
  assert.equal(status, 0, stderr);
  const own = parseLines<ContainerEvent>(stdout).filter(
    ({ containerEngine }) => containerEngine === 'podman',
  );
  assert.ok(executed(own).includes('/bin/busybox,echo,hello'), stdout.slice(-2000) + stderr);
  assert.deepEqual([...new Set(own.map(({ containerName }) => containerName))], ['pod1']);
  assert.deepEqual([...new Set(own.map(({ containerImage }) => containerImage))], [name]);
});

test('containerd: what Kubernetes has it write of a container', async () => {
  const home = join(directory, 'containerd');
  await mkdir(home);
  const address = join(home, 'containerd.sock');
  await writeFile(
    join(home, 'config.toml'),
    'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  );
  const child = spawn(
    'containerd',
    [
      ...[
        '--config',
        join(home, 'config.toml'),
        '--root',
        join(home, 'root'),
        '--state',
        join(home, 'state'),
      ],
      ...['--address', address],
    ],
    { stdio: 'ignore' },
  );
  started.push(child);
  const ctr = (...words: string[]): Promise<unknown> =>
    execa('ctr', ['--address', address, '--namespace', 'k8s.io', ...words]);
  for (let tries = 0; ; tries++) {
    try {
      await ctr('version');
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
  await ctr('images', 'import', '--snapshotter', 'native', archive);
  const id = 'c0ffee'.repeat(11).slice(0, 64);
  const tracee = await startTracee([
    ...['trace', '--crs', `containerd:${join(home, 'state')}`, '--output', 'json'],
    ...['--trace', `tree=${child.pid}`, '--trace', 'event=execve', '--trace', 'container=app'],
  ]);
  await ctr(
    ...['run', '--rm', '--snapshotter', 'native', '--cgroup', `/k8s.io/${id}`],
    ...['--annotation', 'io.kubernetes.cri.container-name=app'],
    ...['--annotation', `io.kubernetes.cri.image-name=${image}`],
    ...[`docker.io/library/${image}`, id, program, 'echo', 'hello'],
  );
  tracee.child.kill('SIGINT');
  const { stdout } = await tracee.ended;
  const events = parseLines<ContainerEvent>(stdout);
  assert.ok(executed(events).includes('/bin/busybox,echo,hello'), stdout);
  for (const one of events) {
    assert.deepEqual(
      [one.containerEngine, one.containerName, one.containerImage, one.containerFullId],
      ['containerd', 'app', image, id],
    );
  }
});
