import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { readManifest } from 'tracee/artifact';
import { release, writeDebianHalves } from '../fixtures/header-tree.js';
import { smallSources } from '../fixtures/bpf.js';
import { writeFiles } from '../fixtures/scratch.js';
import { createPlace, run } from './program.js';

const place = createPlace({ after });
const { build } = writeDebianHalves(place.directory);
const made = await run(place, [
  ...['build', '--arch', 'x86_64', '--kernel', release, '--headers', build, '--sources', smallSources],
  ...['--output', place.output],
]);
const object = made.stdout.trim();

suite('inspect', { concurrency: availableParallelism() }, () => {
  test('the object that is inspected was made', async () => {
    assert.equal(made.status, 0, made.stderr);
  });

  test('inspect tells what the object was made for, from what, and that it is unchanged', async () => {
    const manifest = readManifest(readFileSync(object), object);
    const { status, stdout, stderr } = await run(place, ['inspect', object]);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const lines = stdout.split('\n');
    assert.ok(lines.includes(`kernel     ${release} (x86_64)`), stdout);
    assert.ok(lines.includes(`digest     ${manifest.digest} (verified)`), stdout);
    assert.match(stdout, /^types +headers$/m);
    assert.match(stdout, /^headers +5 files, [0-9a-f]{64}$/m);
    assert.match(stdout, /helpers bpf_map_update_elem, bpf_get_current_task, bpf_probe_read_kernel/);
    assert.match(
      stdout,
      /^layout +task_struct\.pid +offset 24 +size 4\n +task_struct\.real_parent +offset 32 +size 8$/m,
    );
    assert.match(stdout, /^programs +on_enter +raw_tp\/sys_enter +\d+ instructions$/m);
    assert.match(stdout, /no 32-bit jumps/);
  });

  test('inspect --json prints the manifest', async () => {
    const { status, stdout } = await run(place, ['inspect', '--json', object]);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), readManifest(readFileSync(object), object));
  });

  test('a changed object ends with 3 and is not called verified', async () => {
    const bytes = readFileSync(object);
    bytes[80] = (bytes[80] ?? 0) ^ 1;
    const changed = join(place.directory, 'changed.o');
    writeFileSync(changed, bytes);
    const { status, stdout, stderr } = await run(place, ['inspect', changed]);
    assert.equal(status, 3);
    assert.match(stderr, /changed\.o was changed after it was built/);
    assert.doesNotMatch(stdout, /verified/);
  });

  test('what is no object, or is not there, ends with 3 and its name', async () => {
    writeFiles(place.directory, { text: 'no object' });
    const noObject = await run(place, ['inspect', 'text']);
    assert.match(noObject.stderr, /text is not an ELF file/);
    assert.equal(noObject.status, 3);
    const absent = await run(place, ['inspect', 'absent.o']);
    assert.match(absent.stderr, /absent\.o cannot be read/);
    assert.equal(absent.status, 3);
  });
});
