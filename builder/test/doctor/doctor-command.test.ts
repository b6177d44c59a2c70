import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Finding, Section } from 'tracee/doctor';
import { createPlace, type Place, run, runMounted, type Outcome } from '../cli/program.js';
import { release, writeWholeTree } from '../fixtures/header-tree.js';
import { writeFiles } from '../fixtures/scratch.js';

interface Examined extends Outcome {
  find: (id: string) => Finding | undefined;
}

/** Runs `doctor --json` for the small header tree's kernel, with all that it needs unless told otherwise. */
async function examine(place: Place, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Examined> {
  const tree = join(place.directory, 'linux');
  if (!existsSync(tree)) writeWholeTree(tree);
  const own = { DOCKER_HOST: `unix://${place.directory}/none.sock`, TRACEE_CACHE_DIR: place.temporary };
  const command = [
    'doctor',
    '--json',
    '--kernel',
    release,
    '--arch',
    'x86_64',
    '--headers',
    tree,
    '--output',
    'out',
  ];
  return read(await run(place, [...command, ...args], { ...own, ...env }));
}

function read(outcome: Outcome): Examined {
  const findings =
    outcome.stdout === ''
      ? []
      : (JSON.parse(outcome.stdout) as { sections: Section[] }).sections.flatMap((one) => one.findings);
  return { ...outcome, find: (id) => findings.find((finding) => finding.id === id) };
}

suite('doctor', () => {
  test('with headers, tools and room nothing fails, and nothing is written', async (context) => {
    const place = createPlace(context);
    const { status, stderr, find } = await examine(place);
    assert.equal(status, 0, stderr);
    assert.ok(find('headers')?.found.startsWith(join(place.directory, 'linux')));
    for (const id of [
      'headers',
      'clang',
      'llc',
      'llvm-strip',
      'llvm-objcopy',
      'libbpf-headers',
      'output',
      'cache',
    ]) {
      assert.equal(find(id)?.status, 'ok', id);
    }
    assert.deepEqual(readdirSync(place.temporary), []);
    assert.equal(existsSync(place.output), false);
  });

  test('headers of another kernel fail with both named, and the status of a build', async (context) => {
    const place = createPlace(context);
    const { status, find } = await examine(place, ['--kernel', '6.2.0-other']);
    assert.equal(status, 6);
    assert.equal(find('headers')?.code, 'HEADERS_MISMATCH');
    assert.match(find('headers')?.found ?? '', new RegExp(`${release}.*6\\.2\\.0-other`));
  });

  test('no clang, no headers of libbpf: each fails with what to install', async (context) => {
    const place = createPlace(context);
    const { status, find } = await examine(place, ['--libbpf-headers', place.directory], {
      PATH: place.directory,
    });
    assert.equal(status, 6);
    assert.match(find('toolchain')?.mend ?? '', /apt-get install clang/);
    assert.match(find('libbpf-headers')?.mend ?? '', /apt-get install libbpf-dev/);
  });

  test('a Docker that is not there is a warning; one that answers is told', async (context) => {
    const place = createPlace(context);
    const absent = await examine(place);
    assert.equal(absent.find('docker')?.status, 'warn');
    assert.match(absent.find('docker')?.found ?? '', /ENOENT .*daemon is not there/);
    const server = createServer((request, response) => response.end(request.url === '/_ping' ? 'OK' : ''));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const there = await examine(place, [], { DOCKER_HOST: host });
    assert.deepEqual(there.find('docker'), { id: 'docker', status: 'ok', what: 'docker', found: host });
  });

  test('an output that is a file fails with the option that names another', async (context) => {
    const place = createPlace(context);
    writeFiles(place.directory, { out: '' });
    const { status, find } = await examine(place);
    assert.equal(status, 1);
    assert.match(find('output')?.found ?? '', /is a file/);
    assert.match(find('output')?.mend ?? '', /--output/);
  });

  test('an output without room or rights fails, and both are told apart', async (context) => {
    const place = createPlace(context);
    writeWholeTree(join(place.directory, 'linux'));
    const args = [
      'doctor',
      '--json',
      '--kernel',
      release,
      '--headers',
      'linux',
      '--arch',
      'x86_64',
      '--output',
      'out',
    ];
    const full = read(
      await runMounted(place, { setup: 'mkdir out && mount -t tmpfs -o size=8k none out' }, args),
    );
    assert.equal(full.status, 1, full.stderr);
    assert.match(full.find('output')?.found ?? '', /: 0 MiB free/);
    const setup = 'mount --bind out out && mount -o remount,bind,ro out';
    const readOnly = read(await runMounted(place, { setup }, args));
    assert.equal(readOnly.status, 1, readOnly.stderr);
    assert.match(readOnly.find('output')?.found ?? '', /cannot be written to \(EROFS\)/);
  });

  test('the running kernel’s own faults do not keep anybody from building', async (context) => {
    const place = createPlace(context);
    const { stdout } = await run(place, ['doctor', '--output', 'out']);
    assert.match(stdout, /^This kernel$/m);
    const [kernel = ''] = stdout.split('\n\n');
    assert.doesNotMatch(kernel, /^ {2}fail/m);
  });
});
