import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readManifest, verifyDigest } from '../../runtime/src/artifact/index.js';
import { objectOfTemporary } from '../../builder/src/store/names.js';
import { ensureBaseImage } from '../docker/dist/base-image.js';
import { startEngine, type Engine } from '../docker/dist/engine.js';
import { readSettings } from '../docker/dist/settings.js';
import {
  buildArguments,
  compiling,
  containers,
  createDirectory,
  fetchedKernel,
  filesButLock,
  filesIn,
  launch,
  run,
  start,
} from './docker-build.js';

/* Builds in containers of a real engine. Needs root, docker.io and debootstrap. */

const settings = readSettings(process.env);
let engine: Engine = await startEngine({ settings });
after(() => engine[Symbol.asyncDispose]());
const base = await ensureBaseImage(engine, settings);
/** The engine has no bridge, so the image's packages come over the network of the machine. */
const env = (): NodeJS.ProcessEnv => ({
  DOCKER_HOST: engine.host,
  DOCKER_BASE: base,
  DOCKER_NETWORK: 'host',
});

function onlyObject(directory: string): Buffer {
  const names = readdirSync(directory);
  assert.equal(names.length, 1, names.join(', '));
  return readFileSync(join(directory, names[0] ?? ''));
}

for (const kernel of ['debian-5.10', 'debian-6.1', 'debian-6.12', 'debian-7.2']) {
  test(`the object for ${kernel} from a container equals the one made here, byte for byte`, async (context) => {
    const directory = createDirectory(context);
    const [here, there] = [join(directory, 'here'), join(directory, 'there')];
    const local = await run(await buildArguments(kernel, here), { CLANG: 'clang-14', LLC: 'llc-14' });
    assert.equal(local.status, 0, local.stderr);
    const remote = await run([...(await buildArguments(kernel, there)), '--docker'], env());
    assert.equal(remote.status, 0, remote.stderr);
    for (const [place, output] of [
      ['here', here],
      ['container', there],
    ] as const) {
      const object = onlyObject(output);
      const { toolchain, headers } = readManifest(object, output);
      context.diagnostic(
        `${place}: clang ${toolchain.clang}, llc ${toolchain.llc}, libbpf ${toolchain.libbpf.version} ` +
          `(${toolchain.libbpf.headersDigest.slice(0, 12)}), ${headers?.files} headers, sha256 ${sha256(object)}`,
      );
    }
    assert.equal(sha256(onlyObject(there)), sha256(onlyObject(here)));
  });
}

test('make bpf DOCKER=1 builds in a container', async (context) => {
  const output = createDirectory(context);
  const { release, buildDir, sourceDir } = await fetchedKernel('debian-6.1');
  const { ended } = launch(
    'make',
    [
      'bpf',
      'DOCKER=1',
      `OUT_DIR=${output}`,
      `KERN_RELEASE=${release}`,
      `KERN_HEADERS=${buildDir}:${sourceDir}`,
    ],
    env(),
  );
  const { status, stderr } = await ended;
  assert.equal(status, 0, stderr);
  assert.match(stderr, /clang 14\.0\.\d+ \(in a container\)/);
  assert.equal(readManifest(onlyObject(output), output).kernel.release, release);
});

test('the container has no network, no capabilities, no mounts of the host and no way to change its system', async (context) => {
  const build = start([...(await buildArguments('debian-6.1', createDirectory(context))), '--docker'], env());
  const name = await compiling(engine, build);
  const [{ HostConfig: host, Mounts: mounts }] = JSON.parse(await engine.docker('inspect', name)) as [
    { HostConfig: Record<string, unknown>; Mounts: { Type: string; Destination: string }[] },
  ];
  assert.equal(host['NetworkMode'], 'none');
  assert.equal(host['Privileged'], false);
  assert.equal(host['Binds'], null);
  assert.deepEqual(
    mounts.map(({ Type, Destination }) => [Type, Destination]),
    [['volume', '/build']],
  );
  for (const limit of ['Memory', 'PidsLimit', 'NanoCpus']) assert.ok(Number(host[limit]) > 0, limit);
  const shell = async (script: string): Promise<string> => engine.docker('exec', name, 'bash', '-c', script);
  assert.equal(await shell('id -u'), '65532');
  assert.equal(await shell("grep -oP '^CapBnd:\\s*\\K.*' /proc/self/status"), '0'.repeat(16));
  assert.equal(await shell("grep -oP '^NoNewPrivs:\\s*\\K.*' /proc/self/status"), '1');
  assert.equal(await shell('ls /sys/class/net'), 'lo');
  for (const path of ['/x', '/usr/x', '/tmp/x', '/build/x', '/build/bpf/x']) {
    await assert.rejects(shell(`: > ${path}`), /Read-only file system|Permission denied/, path);
  }
  assert.equal((await build.ended).status, 0);
  assert.deepEqual(await containers(engine), []);
  assert.equal(await volumes(), '');
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} removes the container before the program ends, and leaves no object`, async (context) => {
    const output = createDirectory(context);
    const build = start([...(await buildArguments('debian-6.1', output)), '--docker'], env());
    await compiling(engine, build);
    build.child.kill(signal);
    const ended = await build.ended;
    assert.equal(ended.status, status, ended.stderr);
    assert.deepEqual(await containers(engine), []);
    assert.deepEqual(filesIn(output), []);
  });
}

test('a client killed at any moment leaves no partial object, and no container after 15 s or the next run', async (context) => {
  const output = createDirectory(context);
  const args = [...(await buildArguments('debian-6.1', output)), '--docker'];
  for (let round = 0; round < 8; round++) {
    const build = start(args, env());
    await sleep(400 + round * 300);
    build.child.kill('SIGKILL');
    await build.ended;
    expectWholeOrNone(output);
  }
  const build = start(args, env());
  await compiling(engine, build);
  build.child.kill('SIGKILL');
  await build.ended;
  await sleep(15_000);
  const running = await engine.docker('ps', '--filter', 'label=tracee-builder', '--quiet');
  context.diagnostic(`after 15 s: ${(await containers(engine)).length} containers`);
  assert.equal(running, '');
  const { status, stderr } = await run(args, env());
  assert.equal(status, 0, stderr);
  assert.deepEqual(await containers(engine), []);
});

/** One that was published just before is complete; what was being written has a name that no reader looks for. */
function expectWholeOrNone(output: string): void {
  const objects = filesButLock(output).filter((name) => objectOfTemporary(name) === undefined);
  for (const name of objects) {
    const path = join(output, name);
    const bytes = readFileSync(path);
    verifyDigest(bytes, readManifest(bytes, path), path);
  }
}

test('a container that was made and never started is swept by the next run; those of live builds are not', async (context) => {
  const [image = ''] = (
    await engine.docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'tracee-builder')
  ).split('\n');
  await engine.docker('create', '--label', 'tracee-builder=compile', image, 'true');
  await sleep(17_000);
  const live = start([...(await buildArguments('debian-6.1', createDirectory(context))), '--docker'], env());
  await compiling(engine, live);
  assert.equal((await containers(engine)).length, 1, 'swept');
  const second = await run(
    [...(await buildArguments('debian-5.10', createDirectory(context))), '--docker'],
    env(),
  );
  assert.equal(second.status, 0, second.stderr);
  const { status, stderr } = await live.ended;
  assert.equal(status, 0, stderr);
  assert.match(stderr, /removed 1 container\(s\) or volume\(s\) of builds that were killed/);
});

test('compile errors name the files of this machine and what the compiler said', async (context) => {
  const directory = createDirectory(context);
  const sources = join(directory, 'sources');
  const output = join(directory, 'out');
  await launch('cp', ['-r', 'bpf', sources], {}).ended;
  await launch('sh', ['-c', `echo 'int x = nonsense;' >> ${sources}/tracee.bpf.c`], {}).ended;
  const { status, stderr } = await run(
    [...(await buildArguments('debian-6.1', output)), '--docker', '--sources', sources],
    env(),
  );
  assert.equal(status, 6);
  assert.match(
    stderr,
    new RegExp(`${sources}/tracee\\.bpf\\.c:\\d+:\\d+: error: use of undeclared identifier 'nonsense'`),
  );
  assert.deepEqual(filesIn(output), []);
  assert.deepEqual(await containers(engine), []);
});

/** One line that says what is wrong, one that says what mends it. */
async function refused(
  context: TestContext,
  more: NodeJS.ProcessEnv,
  message: RegExp,
  mend: RegExp,
): Promise<void> {
  const output = createDirectory(context);
  const { status, stdout, stderr } = await run(
    [...(await buildArguments('debian-6.1', output)), '--docker'],
    {
      ...env(),
      ...more,
    },
  );
  const [, line = '', hint = '', ...rest] = stderr.trimEnd().split('\n');
  assert.equal(status, 6, stderr);
  assert.match(line, message);
  assert.match(hint, mend);
  assert.deepEqual([rest, stdout, filesIn(output)], [[], '', []]);
}

for (const [what, host, message, mend] of [
  [
    'no socket',
    'unix:///nowhere/docker.sock',
    /unix:\/\/\/nowhere\/docker\.sock cannot be reached: there is no such socket/,
    /install and start Docker/,
  ],
  ['nobody listens', 'tcp://127.0.0.1:9', /cannot be reached: nothing listens there/, /DOCKER_HOST/],
  ['the host has no address', 'tcp://engine.invalid:2375', /its host has no address/, /DOCKER_HOST/],
  [
    'a scheme nobody knows',
    'gopher://x',
    /DOCKER_HOST "gopher:\/\/x" has a scheme that is not known/,
    /write unix:/,
  ],
  ['no address', 'tcp://', /DOCKER_HOST "tcp:\/\/" is no address/, /write unix:/],
] as const) {
  test(`where the engine is not (${what}), one line says so and the next what mends it`, (context) =>
    refused(context, { DOCKER_HOST: host }, message, mend));
}

test('a base that cannot be had, and packages that cannot, are told with the last words of the step', async (context) => {
  const args = [...(await buildArguments('debian-6.1', createDirectory(context))), '--docker'];
  const absent = await run(args, { ...env(), DOCKER_BASE: 'registry.invalid/debian:none' });
  assert.equal(absent.status, 6);
  assert.match(absent.stderr, /the toolchain's image cannot be built: .*registry\.invalid/);
  assert.match(absent.stderr, /--docker-base\n$/);
  // Other content than the base's, so that no step of an earlier build serves.
  const container = await engine.docker('create', base, 'true');
  const other = `tracee-test-base:offline-${process.pid}`;
  await engine.docker('commit', '--message', other, container, other);
  await engine.docker('rm', container);
  const offline = await run(args, {
    ...env(),
    DOCKER_BASE: other,
    DOCKER_NETWORK: 'none',
  });
  assert.equal(offline.status, 6);
  assert.match(offline.stderr, /--docker-network host/);
  await engine.docker('rmi', other);
});

test('an engine that dies while a compiler runs: a clear line, no object, and the next engine builds', async (context) => {
  const output = createDirectory(context);
  const args = [...(await buildArguments('debian-6.1', output)), '--docker'];
  const build = start(args, env());
  await compiling(engine, build);
  await engine.kill();
  const { status, stderr } = await build.ended;
  assert.equal(status, 6, stderr);
  assert.match(stderr, /docker\.sock cannot be reached: .*\n {2}\S/);
  assert.deepEqual(filesIn(output), []);
  await engine[Symbol.asyncDispose]();
  engine = await startEngine({ settings });
  await sleep(15_000);
  const again = await run(args, env());
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual([await containers(engine), await volumes()], [[], '']);
});

function volumes(): Promise<string> {
  return engine.docker('volume', 'ls', '--quiet', '--filter', 'label=tracee-builder');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
