import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { startEngine } from '../docker/dist/engine.js';
import { readSettings } from '../docker/dist/settings.js';
import { fetchedKernel } from './docker-build.js';
import { describeLayer, measureLayers, mebibytes } from './image-layers.js';
import { images, makeImages, run, start } from './image-stage.js';
import { readText, root } from './repository.js';

/*
 * The images on a real engine and on this machine's kernel, which has BTF and no headers. Needs root, docker.io and
 * debootstrap. Debian's docker.io does not know CAP_BPF: what its own kernel needs is CAP_SYS_ADMIN instead.
 */

const settings = readSettings(process.env);
const engine = await startEngine({ settings });
after(() => engine[Symbol.asyncDispose]());
before(() => makeImages(engine, settings, process.env['TRACEE_TEST_FALCOSIDEKICK']), { timeout: 1_200_000 });

const slimLimitBytes = 60 * 1024 * 1024;
const kinds = ['slim', 'full'] as const;
/** Scoped to what runs in the container: whoever else is on this machine is none of a test's business. */
const traced = [
  ...['--read-only', '--pid=host', '--cap-drop=ALL', '--cap-add=SYS_ADMIN', '--cap-add=SYS_PTRACE'],
  ...['--security-opt', 'seccomp=images/seccomp.json'],
];
/** A program in both images that does what TRC-2 looks for. */
const attack = ['--', '/tracee/selftest/attacks', 'ad-block', 'plainly'];

for (const kind of kinds) {
  test(`the ${kind} image by layers`, async (context) => {
    const layers = await measureLayers(engine, images[kind]);
    for (const layer of layers) context.diagnostic(describeLayer(layer));
    if (process.env['TRACEE_TEST_FALCOSIDEKICK'] === undefined) {
      context.diagnostic(
        'falcosidekick is a stand-in, TRACEE_TEST_FALCOSIDEKICK names none: its size says nothing',
      );
    }
    const ours = layers.filter(({ what }) => what !== 'falcosidekick');
    const compressed = ours.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
    context.diagnostic(`without falcosidekick: ${mebibytes(compressed)} compressed`);
    assert.equal(layers.length - ours.length, 1);
    const paths = layers.flatMap((layer) => layer.paths);
    for (const path of ['tracee/falcosidekick', 'tracee/falcosidekick.LICENSE']) {
      assert.ok(paths.includes(path), path);
    }
    if (kind === 'full') return;
    assert.ok(compressed <= slimLimitBytes, `${compressed} bytes`);
    const unwanted = /^usr\/s?bin\/(?!(?:node|tracee|tracee-ebpf|tracee-rules|tracee-health)$)./;
    assert.deepEqual(
      paths.filter((path) => unwanted.test(path)),
      [],
    );
    for (const name of ['libc6', 'libstdc++6', 'libbpf1', 'libelf1', 'zlib1g']) {
      assert.ok(paths.includes(`usr/share/doc/${name}/copyright`), name);
    }
  });

  test(`labels of the ${kind} image say what it was made of`, async () => {
    const text = await engine.docker('inspect', '--format', '{{json .Config.Labels}}', images[kind]);
    const labels = JSON.parse(text) as Record<string, string>;
    const of = (name: string): string => labels[`org.opencontainers.image.${name}`] ?? '';
    const { stdout: revision } = await execa('git', ['rev-parse', 'HEAD'], { cwd: root });
    const { stdout: epoch } = await execa('git', ['log', '-1', '--format=%ct'], { cwd: root });
    assert.equal(of('revision'), revision);
    assert.equal(Date.parse(of('created')), Number(epoch) * 1000);
    assert.equal(of('version'), (JSON.parse(readText('package.json')) as { version: string }).version);
    assert.match(of('licenses'), /Apache-2\.0/);
  });

  test(`what needs no privileges works in the ${kind} image as the original's words have it`, async () => {
    for (const [words, status, output] of [
      [['--list'], 0, /TRC-2/],
      [['--help'], 0, /Usage: tracee/],
      [['--version'], 0, /^Tracee version \d/],
      [['trace', '--list'], 0, /ptrace/],
      [['--rules', 'TRC-9'], 2, /TRC-9/],
      [['--no-such-option'], 2, /unknown option/],
      [['--rules', 'TRC-2'], 4, /CAP_BPF/],
    ] as const) {
      const { status: met, stdout, stderr } = await run(engine, '--read-only', images[kind], ...words);
      assert.equal(met, status, `${words.join(' ')}: ${stderr}`);
      assert.match(stdout + stderr, output);
    }
  });

  test(`with BTF only the ${kind} image detects, on a read-only file system`, async () => {
    const { status, stdout, stderr } = await run(engine, ...traced, images[kind], ...attack);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /TRC-2 Anti-Debugging/);
    assert.match(stderr, /with \/tracee\/portable\/tracee\.bpf\.core\./);
  });

  test(`in the ${kind} image a command or scope without the host's process ids is refused with the mend`, async () => {
    const words = traced.filter((word) => word !== '--pid=host');
    for (const scope of [attack, ['--scope', 'pid=1']]) {
      const { status, stderr } = await run(engine, ...words, images[kind], ...scope);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /--pid=host/);
    }
  });

  test(`docker stop ends the ${kind} image with status 0, whose health was good until then`, async (context) => {
    const name = `tracee-test-${kind}-${process.pid}`;
    const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
    context.after(() => bystander.kill());
    const health = async (): Promise<string> =>
      engine.docker('exec', name, 'tracee-health').catch((error: unknown) => String(error));
    const container = start(
      engine,
      ...[...traced, '--name', name, images[kind], '--scope', `pid=${bystander.pid}`],
    );
    await container.until('Ctrl-C ends');
    assert.equal(await health(), 'armed');
    const began = performance.now();
    await engine.docker('stop', '--time', '60', name);
    context.diagnostic(`docker stop: ${Math.round(performance.now() - began)} ms`);
    assert.equal(await container.ended, 0, container.said());
    assert.match(container.said(), /0 detections/);
  });

  test(
    `as the first process of the ${kind} image Tracee takes the status of orphans, and ends when told to`,
    { timeout: 120_000 },
    async () => {
      const name = `tracee-test-init-${kind}-${process.pid}`;
      // Nothing is traced: it waits for lines that do not come.
      const words = ['--interactive', '--name', name, '--entrypoint', 'tracee-rules', images[kind]];
      const container = start(engine, ...words);
      await container.until('replaying');
      const node = (program: string): Promise<string> =>
        engine.docker('exec', name, '/usr/bin/node', '-e', program);
      const orphan = `setTimeout(() => require('fs').writeFileSync('/dev/shm/parent', String(process.ppid)), 300)`;
      await node(
        `require('child_process').spawn('/usr/bin/node', ['-e', ${JSON.stringify(orphan)}], { detached: true, stdio: 'ignore' }).unref()`,
      );
      const states = `require('fs').readdirSync('/proc').filter((name) => name > 1).map((name) => {
      try { return require('fs').readFileSync('/proc/' + name + '/stat', 'latin1').replace(/.*\\) /, '')[0]; } catch { return ''; }
    }).join('')`;
      const parent = `try { console.log(require('fs').readFileSync('/dev/shm/parent', 'latin1')); } catch {}`;
      while ((await node(parent)) === '') await sleep(200);
      assert.equal(await node(parent), '1');
      // The time limit of the test ends this where orphans stay.
      while ((await node(`console.log(${states})`)).includes('Z')) await sleep(500);
      await engine.docker('stop', '--time', '60', name);
      assert.equal(await container.ended, 0, container.said());
    },
  );
}

test('without an armed tracee the check of health says so, with status 1', async () => {
  const words = ['--entrypoint', 'tracee-health', images.slim];
  const absent = await run(engine, ...words);
  assert.equal(absent.status, 1);
  assert.match(absent.stdout, /not armed: \/dev\/shm\/tracee\.ready is not there/);
});

test('the slim image detects with an object from /tmp/tracee, and with a directory in TRACEE_BPF_FILE', async (context) => {
  const store = createDirectory(context);
  await execa(process.execPath, ['builder/dist/cli/entry.js', 'build', '--btf', '--output', store], {
    cwd: root,
  });
  const [name = ''] = readdirSync(store);
  for (const [options, path] of [
    [['-v', `${store}:/tmp/tracee:ro`], `/tmp/tracee/${name}`],
    [['-v', `${store}:/objects:ro`, '-e', 'TRACEE_BPF_FILE=/objects'], `/objects/${name}`],
  ] as const) {
    const words = [...traced, ...options, images.slim, '--no-portable', ...attack];
    const { status, stdout, stderr } = await run(engine, ...words);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /TRC-2 Anti-Debugging/);
    assert.ok(stderr.includes(`with ${path};`), stderr);
  }
});

test('without object and portable object both images end with status 3 and what mends it', async () => {
  const slim = await run(engine, ...traced, images.slim, '--no-portable', ...attack);
  assert.equal(slim.status, 3, slim.stderr);
  assert.match(
    slim.stderr,
    /\/tmp\/tracee\/tracee\.bpf\.\S+: not there\n {2}Build one with .*TRACEE_BPF_FILE/,
  );
  const full = await run(engine, ...traced, images.full, '--no-portable', ...attack);
  assert.equal(full.status, 3, full.stderr);
  assert.match(full.stderr, /-v \/lib\/modules:\/lib\/modules:ro -v \/usr\/src:\/usr\/src:ro/);
});

test("the full image says why it built nothing, with another kernel's headers, and detects all the same", async () => {
  const { buildDir, sourceDir, release: other } = await fetchedKernel('debian-6.1');
  const { status, stdout, stderr } = await run(
    engine,
    ...['--read-only', '--tmpfs', '/tmp', '--pid=host', '--cap-add=SYS_ADMIN'],
    ...['-v', `${buildDir}:/headers/build:ro`, '-v', `${sourceDir}:/headers/source:ro`],
    ...['-e', 'KERN_HEADERS=/headers/build:/headers/source', images.full, ...attack],
  );
  assert.equal(status, 0, stderr);
  assert.ok(stderr.includes(`belong to kernel ${other}`), stderr);
  assert.match(stderr, /no object was built: .*status 6\n[^]*with \/tracee\/portable/);
  assert.match(stdout, /TRC-2 Anti-Debugging/);
});

test('what builds has no privileges: neither the user, nor capabilities, nor a way to get them', async (context) => {
  const directory = createDirectory(context);
  const [store, seen] = ['store', 'seen'].map((name) => join(directory, name)) as [string, string];
  chmodSync(directory, 0o755);
  mkdirSync(seen);
  chmodSync(seen, 0o777);
  const { buildDir, sourceDir } = await fetchedKernel('debian-6.1');
  // Headers that say they are this kernel's; and in place of clang what takes down what it may do, and fails.
  writeFileSync(join(directory, 'utsrelease.h'), `#define UTS_RELEASE "${release()}"\n`);
  const program = '#!/bin/sh\ncat /proc/self/status > /seen/status\nexit 1\n';
  writeFileSync(join(directory, 'clang'), program, { mode: 0o755 });
  const { status, stderr } = await run(
    engine,
    ...['-v', `${buildDir}:/headers/build:ro`, '-v', `${sourceDir}:/headers/source:ro`],
    ...['-v', `${directory}/utsrelease.h:/headers/build/include/generated/utsrelease.h:ro`],
    ...['-v', `${directory}:/tools:ro`, '-v', `${seen}:/seen`, '-v', `${store}:/tmp/tracee`],
    ...['-e', 'CLANG=/tools/clang', '-e', 'KERN_HEADERS=/headers/build:/headers/source'],
    ...['--entrypoint', 'tracee-builder', images.full, 'provide'],
  );
  assert.equal(status, 6, stderr);
  const state = readFileSync(join(seen, 'status'), 'utf8');
  assert.match(state, /^Uid:\t65532\t65532\t65532\t65532$/m);
  for (const set of ['Inh', 'Prm', 'Eff', 'Amb']) assert.match(state, new RegExp(`^Cap${set}:\\t0+$`, 'm'));
  assert.match(state, /^NoNewPrivs:\t1$/m);
  assert.deepEqual(readdirSync(store), []);
});

test('the seccomp profile lets no module, kernel image or clock through, and bpf with CAP_BPF alone', () => {
  const { defaultAction, syscalls } = JSON.parse(readText('images/seccomp.json')) as {
    defaultAction: string;
    syscalls: { names: string[]; action: string; includes?: { caps: string[] } }[];
  };
  assert.equal(defaultAction, 'SCMP_ACT_ERRNO');
  const rulesOf = (name: string): (readonly string[])[] =>
    syscalls
      .filter(({ names, action }) => action === 'SCMP_ACT_ALLOW' && names.includes(name))
      .map(({ includes }) => includes?.caps ?? []);
  for (const name of ['init_module', 'finit_module', 'kexec_load', 'reboot', 'clock_settime', 'keyctl']) {
    assert.deepEqual(rulesOf(name), [], name);
  }
  assert.deepEqual(rulesOf('bpf'), [['CAP_BPF'], ['CAP_SYS_ADMIN']]);
  assert.deepEqual(rulesOf('perf_event_open'), [['CAP_PERFMON'], ['CAP_SYS_ADMIN']]);
  assert.deepEqual(rulesOf('mount'), [['CAP_SYS_ADMIN']]);
});

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-images-test-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
