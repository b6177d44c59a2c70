import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { smallSources } from '../fixtures/bpf.js';
import { writeScript } from '../fixtures/tools.js';
import { createPlace, interrupt, run, runMounted } from './program.js';

const buildPortable = ['build', '--portable', '--sources', smallSources];

const usageErrors: [what: string, args: string[], message: RegExp][] = [
  ['no command', [], /Usage: tracee-builder/],
  ['an unknown command', ['compile'], /unknown command 'compile'/],
  ['an unknown option', ['build', '--kernal', '6.1.0'], /unknown option '--kernal'.*\n.*--kernel/],
  ['an option without its value', ['build', '--output'], /argument missing/],
  ['an argument too many', ['build', '6.1.0'], /too many arguments/],
  ['no file to inspect', ['inspect'], /missing required argument 'file'/],
  [
    'a release that cannot be one',
    ['build', '--kernel', '../6.1'],
    /"\.\.\/6\.1" cannot be a kernel release/,
  ],
  [
    'three header directories',
    ['build', '--headers', '/a:/b:/c'],
    /"\/a:\/b:\/c" names 3 header directories/,
  ],
];
suite('the program', { concurrency: availableParallelism() }, () => {
  test('--version says which version it is', async (context) => {
    const { stdout, status } = await run(createPlace(context), ['--version']);
    assert.match(stdout, /^Tracee version \d+\.\d+\.\d+\n$/);
    assert.equal(status, 0);
  });

  for (const [what, args, message] of usageErrors) {
    test(`${what} is bad usage: status 2`, async (context) => {
      const outcome = await run(createPlace(context), args);
      assert.match(outcome.stderr, message);
      assert.equal(outcome.stdout, '');
      assert.equal(outcome.status, 2);
    });
  }

  test('a version that cannot be part of a file name is bad usage: status 2', async (context) => {
    const outcome = await run(createPlace(context), buildPortable, { VERSION: '1/2' });
    assert.match(outcome.stderr, /"1\/2" cannot be a version/);
    assert.equal(outcome.status, 2);
  });

  test('help is data: stdout, status 0', async (context) => {
    const place = createPlace(context);
    const { status, stdout, stderr } = await run(place, ['--help']);
    assert.match(stdout, /^Usage: tracee-builder/);
    assert.match(stdout, /Status: 0 done/);
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  test('an architecture without objects ends with 5', async (context) => {
    const outcome = await run(createPlace(context), ['build', '--arch', 'riscv64']);
    assert.match(outcome.stderr, /no objects for the architecture "riscv64"/);
    assert.equal(outcome.status, 5);
  });

  test('no headers end with 6, every place and the mend told on stderr', async (context) => {
    const outcome = await run(createPlace(context), ['build', '--kernel', '0.0.0-none']);
    assert.match(outcome.stderr, /not \/lib\/modules\/0\.0\.0-none\/build: /);
    assert.match(outcome.stderr, /no headers for kernel 0\.0\.0-none:/);
    assert.match(outcome.stderr, /\n {2}apt-get install linux-headers-0\.0\.0-none/);
    assert.equal(outcome.stdout, '');
    assert.equal(outcome.status, 6);
  });

  test('no toolchain ends with 6', async (context) => {
    const place = createPlace(context);
    const outcome = await run(place, buildPortable, { PATH: place.directory });
    assert.match(outcome.stderr, /no working clang was found on PATH/);
    assert.equal(outcome.status, 6);
  });

  test('a BTF file that is not there ends build and ensure with 6', async (context) => {
    const place = createPlace(context);
    const args = ['--output', place.output, '--btf', join(place.directory, 'absent')];
    for (const command of ['build', 'ensure']) {
      const outcome = await run(place, [command, ...args]);
      assert.match(outcome.stderr, /absent is not a file that is there/);
      assert.equal(outcome.status, 6);
    }
  });

  test('a read-only file system ends with 1, names the path, and leaves nothing', async (context) => {
    const place = createPlace(context);
    const setup = 'mkdir out && mount --bind out out && mount -o remount,bind,ro out';
    const outcome = await runMounted(place, { setup }, [...buildPortable, '--output', place.output]);
    assert.match(outcome.stderr, /out\/tracee\.bpf\.core\.\S+ cannot be written: EROFS/);
    assert.match(outcome.stderr, /\n {2}the file system is read-only: name another directory with --output/);
    assert.equal(outcome.status, 1);
    assert.deepEqual(readdirSync(place.output), []);
    assert.deepEqual(readdirSync(place.temporary), []);
  });

  test('a full disk ends with 1, names the path, and leaves nothing', async (context) => {
    const place = createPlace(context);
    const setup = 'mkdir out && mount -t tmpfs -o size=4k none out && head -c 4096 /dev/zero >out/others';
    const finish = 'ls -A out >listing';
    const outcome = await runMounted(place, { setup, finish }, [...buildPortable, '--output', place.output]);
    assert.match(outcome.stderr, /cannot be written: ENOSPC/);
    assert.match(outcome.stderr, /free some room there/);
    assert.equal(outcome.status, 1);
    assert.equal(readFileSync(join(place.directory, 'listing'), 'utf8'), 'others\n');
  });

  test('a full disk of temporary files ends with 6 and says so', async (context) => {
    const place = createPlace(context);
    const setup = 'mount -t tmpfs -o size=4k none temporary && head -c 4096 /dev/zero >temporary/others';
    const outcome = await runMounted(place, { setup }, [...buildPortable, '--output', place.output]);
    assert.match(outcome.stderr, /the disk of the temporary directory is full/);
    assert.match(outcome.stderr, /set TMPDIR/);
    assert.equal(outcome.status, 6);
    assert.equal(existsSync(place.output), false);
  });

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} while clang runs ends clang too and leaves nothing: status ${status}`, async (context) => {
      const place = createPlace(context);
      const marker = join(place.directory, 'pid');
      const clang = writeScript(
        join(place.directory, 'clang'),
        `[ "$1" = --version ] && exec ${execFileSync('which', ['clang'], { encoding: 'utf8' }).trim()} --version`,
        'touch begun.o',
        `echo $$ >${marker}.new && mv ${marker}.new ${marker}`,
        'exec sleep 600',
      );
      const outcome = await interrupt(place, [...buildPortable, '--output', place.output], {
        file: marker,
        signal,
        env: { CLANG: clang },
      });
      assert.equal(outcome.status, status, outcome.stderr);
      assert.equal(outcome.stdout, '');
      assert.doesNotMatch(outcome.stderr, /failed/);
      assert.equal(existsSync(place.output), false);
      assert.deepEqual(readdirSync(place.temporary), []);
      assert.equal(existsSync(`/proc/${readFileSync(marker, 'utf8').trim()}`), false, 'clang still runs');
    });
  }
});
