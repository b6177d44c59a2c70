import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ensureBaseImage } from '../docker/dist/base-image.js';
import { startEngine } from '../docker/dist/engine.js';
import { readSettings as readDockerSettings } from '../docker/dist/settings.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';
import { bundle } from './bundle.js';
import { commandBlocks } from './document-blocks.js';
import type { GuestOutcome } from './document-guest.js';
import { putFixtures, runOnStage } from './document-stage.js';
import { documents, readText, root } from './repository.js';

/*
 * Blocks of the documents that take a network, a Docker engine, minutes (`sh run slow`) or a whole host to watch
 * (`sh run vm`). Needs root, docker.io, debootstrap and qemu.
 */

const settings = readSettings(process.env);
const kernel = await fetchKernel(findKernelRow('debian-6.1'), { settings });

test('the slow commands of the documents do what they should', async (context) => {
  const docker = readDockerSettings(process.env);
  await using engine = await startEngine({ settings: docker });
  const base = await ensureBaseImage(engine, docker);
  for (const document of documents()) {
    const blocks = commandBlocks(document, 'run slow');
    if (blocks.length === 0) continue;
    await context.test(document.path, () => {
      const prepared = commandBlocks(document, 'run').filter(({ text }) => !/^sudo tracee /m.test(text));
      const outcomes = runOnStage([...prepared, ...blocks], {
        ...{ kernel, cacheDir: dirname(settings.cacheDir), timeoutMs: 30 * 60_000 },
        environment: { DOCKER_HOST: engine.host, DOCKER_BASE: base, DOCKER_NETWORK: 'host' },
      });
      for (const { where, status, output } of outcomes)
        assert.equal(status, 0, `${where} ended with ${status}:\n${output.slice(-3000)}`);
      assert.equal(outcomes.length, prepared.length + blocks.length);
    });
  }
});

test('the examples of CI build an object in a container, and an image that holds it', async () => {
  const docker = readDockerSettings(process.env);
  await using engine = await startEngine({ settings: docker });
  const base = await ensureBaseImage(engine, docker);
  const makes = ['github-actions.yml', 'gitlab-ci.yml'].flatMap(
    (name) => readText(`ci/examples/${name}`).match(/make bpf .*$/m)?.[0] ?? [],
  );
  assert.equal(makes.length, 2);
  const image =
    'docker build --file ci/examples/objects.Dockerfile --tag tracee-fleet --build-arg BASE=$DOCKER_BASE objects';
  const look = 'docker run --rm --network none tracee-fleet sh -c';
  const text = [
    'export KERN_RELEASE=6.1.0-56-amd64',
    ...makes,
    'chmod -R u=rwX,go=rX objects',
    'node builder/dist/cli/entry.js verify objects',
    image,
    `test "$(${look} 'stat -c "%U %a" $TRACEE_INSTALL_PATH/*.o')" = "root 644"`,
  ].join('\n');
  const [outcome] = runOnStage([{ where: 'ci/examples', language: 'sh', mark: 'run slow', text }], {
    ...{ kernel, cacheDir: dirname(settings.cacheDir), timeoutMs: 30 * 60_000 },
    environment: { DOCKER_HOST: engine.host, DOCKER_BASE: base, DOCKER_NETWORK: 'host' },
  });
  assert.equal(outcome?.status, 0, outcome?.output.slice(-3000));
});

test('commands of the documents that watch a whole host do so in a virtual machine, until Ctrl-C', async (context) => {
  const commands = documents().flatMap((document) =>
    commandBlocks(document, 'run vm').flatMap(({ text }) => commandsOf(text)),
  );
  const outcomes = await performInVm([...new Set(commands)], (outcome) => {
    context.diagnostic(`${outcome.command}: ${outcome.status}`);
  });
  for (const { command, status, output } of outcomes)
    assert.equal(status, 0, `${command} ended with ${status}:\n${output}`);
  assert.equal(outcomes.length, new Set(commands).size);
});

/** One command a line, without its comment. */
function commandsOf(text: string): string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '');
}

async function performInVm(
  commands: readonly string[],
  onOutcome: (outcome: GuestOutcome) => void,
): Promise<GuestOutcome[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-documents-'));
  try {
    const inside = (name: string): string => join(directory, name);
    for (const name of ['runtime/dist/cli', 'bin']) mkdirSync(inside(name), { recursive: true });
    for (const name of ['main.js', 'tracee-rules.js'])
      await bundle(join(root, 'runtime/dist/cli', name), inside(`runtime/dist/cli/${name}`));
    await bundle(join(root, 'ci/test/document-guest.ts'), inside('guest.mjs'));
    for (const name of ['package.json', 'portable', 'selftest'])
      cpSync(join(root, 'runtime', name), inside(`runtime/${name}`), { recursive: true });
    putFixtures(directory);
    const lines = [
      ['tracee', 'exec node /tracee/runtime/dist/cli/main.js "$@"'],
      ['tracee-rules', 'exec node /tracee/runtime/dist/cli/tracee-rules.js "$@"'],
      ['sudo', 'exec env "$@"'],
    ];
    for (const [name = '', line = ''] of lines)
      writeFileSync(inside(`bin/${name}`), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    writeFileSync(inside('commands.json'), JSON.stringify(commands));
    const outcomes: GuestOutcome[] = [];
    let rest = '';
    const { exitStatus, stderr } = await runInVm({
      ...{ settings, kernel: 'debian-6.1', timeoutMs: 60 * 60_000 },
      command: [
        ...(['/bin/sh', '-c'] as const),
        'cd /tracee && mkdir -p /etc/tracee && cp -r rules /etc/tracee/rules && PATH=/tracee/bin:$PATH exec node guest.mjs commands.json',
      ],
      files: [
        { from: directory, to: '/tracee' },
        ...['koffi', '@koromix'].map((name) => ({
          from: join(root, 'node_modules', name),
          to: `/tracee/node_modules/${name}`,
        })),
      ],
      onOutput(chunk, stream) {
        if (stream !== 'stdout') return;
        const complete = `${rest}${chunk.toString('latin1')}`.split('\n');
        rest = complete.pop() ?? '';
        for (const line of complete) {
          const outcome = JSON.parse(line) as GuestOutcome;
          outcomes.push(outcome);
          onOutcome(outcome);
        }
      },
    });
    assert.equal(exitStatus, 0, stderr);
    return outcomes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
