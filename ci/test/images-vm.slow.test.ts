import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { startEngine } from '../docker/dist/engine.js';
import { readSettings } from '../docker/dist/settings.js';
import type { FetchedKernel } from '../vm/dist/fetch.js';
import type { FileMapping } from '../vm/dist/image.js';
import { runInVm, type VmResult } from '../vm/dist/run.js';
import { readSettings as readVmSettings } from '../vm/dist/settings.js';
import { fetchedKernel } from './docker-build.js';
import { images, makeImages, run } from './image-stage.js';
import { root } from './repository.js';

/*
 * The images under Debian's kernels, on an engine in the virtual machine: where `--privileged` works, headers can be
 * mounted, and all of the machine may be watched. Needs root, docker.io and debootstrap.
 */

const settings = readSettings(process.env);
const engine = await startEngine({ settings });
after(() => engine[Symbol.asyncDispose]());
before(() => makeImages(engine, settings, process.env['TRACEE_TEST_FALCOSIDEKICK']), { timeout: 1_200_000 });

/** Emulated, a machine takes minutes to unpack an image; where others work beside it, many times as long. */
const timeoutMs = 3_600_000;

for (const kernel of ['debian-6.1', 'debian-5.10']) {
  test(`on ${kernel} the original's line builds the object, stores it and detects; a second start finds it`, async (context) => {
    // The original's words, with the image's name of the test.
    const line =
      `run --name tracee --rm --privileged -v /lib/modules/:/lib/modules/:ro -v /usr/src:/usr/src:ro ` +
      `-v /tmp/tracee:/tmp/tracee ${images.full}`;
    const fetched = await fetchedKernel(kernel);
    const { stdout, stderr, exitStatus } = await inVm(context, kernel, images.full, line, [
      { from: fetched.buildDir, to: `/usr/src/${basename(fetched.buildDir)}` },
      { from: fetched.sourceDir, to: `/usr/src/${basename(fetched.sourceDir)}` },
    ]);
    assert.equal(exitStatus, 0, stderr);
    tellTimes(context, stdout);
    const object = `/tmp/tracee/tracee.bpf.${fetched.release.replaceAll('.', '_')}.`;
    for (const round of ['first', 'second']) {
      const said = saidIn(stdout, round);
      assert.match(said, /TRC-2 Anti-Debugging: attacks\[/, stdout);
      assert.ok(said.includes(`with ${object}`), stdout);
      assert.match(stdout, new RegExp(`^${round} start: health: armed$`, 'm'));
      assert.match(stdout, new RegExp(`^${round} start: status 0$`, 'm'));
    }
    assert.match(stdout, /^killed: status 137, 0 containers left$/m);
    assert.match(saidIn(stdout, 'first'), /tracee-builder: built in/);
    assert.doesNotMatch(saidIn(stdout, 'second'), /tracee-builder/);
    assert.match(stdout, /^-rw-r--r-- +1 root +root .* tracee\.bpf\.\S+\.o$/m);
  });

  test(`on ${kernel} the slim image finds in a shared directory what a builder elsewhere put there`, async (context) => {
    const store = createDirectory(context);
    const { release, buildDir, sourceDir } = await fetchedKernel(kernel);
    const headers = ['-v', `${buildDir}:/headers/build:ro`, '-v', `${sourceDir}:/headers/source:ro`];
    const built = await run(
      engine,
      ...[...headers, '-v', `${store}:/objects`, '--entrypoint', 'tracee-builder', images.full],
      ...[
        'ensure',
        '--kernel',
        release,
        '--headers',
        '/headers/build:/headers/source',
        '--output',
        '/objects',
      ],
    );
    assert.equal(built.status, 0, built.stderr);
    const [name = ''] = readdirSync(store);
    const line = `run --name tracee --rm --privileged -v /srv/objects:/tmp/tracee:ro ${images.slim} --no-portable`;
    const { stdout, stderr, exitStatus } = await inVm(context, kernel, images.slim, line, [
      { from: store, to: '/srv/objects', mode: 0o755 },
    ]);
    assert.equal(exitStatus, 0, stderr);
    tellTimes(context, stdout);
    for (const round of ['first', 'second']) {
      const said = saidIn(stdout, round);
      assert.match(said, /TRC-2 Anti-Debugging: attacks\[/, stdout);
      assert.ok(said.includes(`with /tmp/tracee/${name};`), stdout);
    }
  });
}

async function inVm(
  context: TestContext,
  kernel: string,
  image: string,
  line: string,
  files: readonly FileMapping[],
): Promise<VmResult> {
  const directory = createDirectory(context);
  const archive = join(directory, 'image.tar');
  await engine.docker('save', '--output', archive, image);
  const { modulesDir, release }: FetchedKernel = await fetchedKernel(kernel);
  return runInVm({
    settings: readVmSettings(process.env),
    ...{ kernel, timeoutMs, memoryMiB: 3072, freeMiB: 3000 },
    programs: ['dockerd', 'docker', 'containerd', 'containerd-shim-runc-v2', 'runc', 'mount', 'umount'],
    files: [
      ...files,
      { from: archive, to: '/vm/image.tar' },
      { from: join(root, 'ci/vm/guest/docker.sh'), to: '/vm/docker.sh', mode: 0o755 },
      { from: join(root, 'ci/vm/guest/quickstart.sh'), to: '/vm/quickstart.sh', mode: 0o755 },
      { from: join(root, 'runtime/selftest/attacks'), to: '/usr/local/bin/attacks', mode: 0o755 },
      { from: modulesDir, to: `/lib/modules/${release}` },
    ],
    command: [
      ...(['/vm/docker.sh', '/vm/image.tar', '/vm/quickstart.sh'] as const),
      ...['/usr/local/bin/attacks ad-block plainly', ...line.split(' ')],
    ],
    onProgress: (message) => context.diagnostic(message),
  });
}

function tellTimes(context: TestContext, stdout: string): void {
  for (const [line] of stdout.matchAll(/^.* start: armed after .*$/gm)) context.diagnostic(line);
  for (const [line] of stdout.matchAll(/^.*built in .*$/gm)) context.diagnostic(line);
}

function saidIn(stdout: string, round: string): string {
  return [...stdout.matchAll(new RegExp(`^${round} start: said: (.*)$`, 'gm'))]
    .map((match) => match[1])
    .join('\n');
}

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-images-vm-test-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
