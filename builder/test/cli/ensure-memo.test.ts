import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { suite, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { smallSources } from '../fixtures/bpf.js';
import { buildHalf, release, writeWholeTree } from '../fixtures/header-tree.js';
import { toolchain } from '../fixtures/job.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';
import { writeScript } from '../fixtures/tools.js';

const entry = fileURLToPath(new URL('../../dist/cli/entry.js', import.meta.url));

interface Home {
  directory: string;
  store: string;
  tree: string;
  object: string;
}

/** A user with sources, headers, tools and a store, all to be changed. */
function createHome(context: TestContext): Home {
  const directory = createDirectory(context);
  cpSync(smallSources, join(directory, 'bpf'), { recursive: true });
  cpSync('/usr/include/bpf', join(directory, 'include/bpf'), { recursive: true });
  mkdirSync(join(directory, 'bin'));
  for (const [name, tool] of Object.entries(toolchain)) {
    const program = name === 'strip' || name === 'objcopy' ? `llvm-${name}` : name;
    if (tool !== undefined) symlinkSync((tool as { path: string }).path, join(directory, 'bin', program));
  }
  const store = join(directory, 'store');
  const object = join(store, 'tracee.bpf.6_1_0-50-cloud-amd64.0_1_0.o');
  return { directory, store, object, tree: writeWholeTree(join(directory, 'linux')) };
}

function ensure(
  { directory }: Home,
  options: { env?: NodeJS.ProcessEnv; words?: string[] } = {},
): { isRemembered: boolean; isReused: boolean; digest: string } {
  const words = [
    '--kernel',
    release,
    '--arch',
    'x86_64',
    '--headers',
    'linux',
    '--output',
    'store',
    '--json',
  ];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [entry, 'ensure', ...words, '--sources', 'bpf', '--libbpf-headers', 'include', ...(options.words ?? [])],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, HOME: directory, ...options.env },
    },
  );
  assert.equal(status, 0, stderr);
  const { isReused, manifest } = JSON.parse(stdout) as { isReused: boolean; manifest: { digest: string } };
  return { isRemembered: stderr.includes('nothing has changed'), isReused, digest: manifest.digest };
}

suite('what ensure remembers', { concurrency: availableParallelism() }, () => {
  test('the second time nothing is asked again, and the same is printed', (context) => {
    const home = createHome(context);
    const first = ensure(home);
    assert.deepEqual([first.isRemembered, first.isReused], [false, false]);
    assert.deepEqual(ensure(home), { ...first, isRemembered: true, isReused: true });
    assert.equal(readdirSync(join(home.directory, '.cache/tracee-builder')).length, 1);
  });

  /** Each makes the long way necessary; the last word says whether a new object comes of it. */
  const changes: readonly [what: string, change: (home: Home) => void, isRebuilt: boolean][] = [
    [
      'a source changed',
      ({ directory }) => writeFileSync(join(directory, 'bpf/types.h'), '\n', { flag: 'a' }),
      true,
    ],
    [
      'a source changed to as many bytes at the same time',
      ({ directory }) => {
        const main = join(directory, 'bpf/tracee.bpf.c');
        const text = readFileSync(main, 'utf8');
        writeFileSync(main, text.replaceAll('on_enter', 'on_entry'));
      },
      true,
    ],
    [
      'a header of libbpf changed',
      ({ directory }) => writeFileSync(join(directory, 'include/bpf/bpf_endian.h'), '\n', { flag: 'a' }),
      true,
    ],
    [
      'the kernel was configured anew',
      ({ tree }) => writeFiles(tree, buildHalf({ options: ['CONFIG_ANOTHER'] })),
      true,
    ],
    ['the object was changed', ({ object }) => writeFileSync(object, 'x', { flag: 'a' }), true],
    ['the object is gone', ({ object }) => rmSync(object), true],
    [
      'another object would be looked at before it',
      ({ store, object }) => cpSync(object, object.replace(store, join(store, 'x86_64'))),
      false,
    ],
    [
      'a tool was replaced',
      ({ directory }) => {
        rmSync(join(directory, 'bin/llvm-strip'));
        cpSync(toolchain.strip.path, join(directory, 'bin/llvm-strip'), { dereference: true });
      },
      false,
    ],
    [
      'a tool appeared on PATH',
      ({ directory }) => writeScript(join(directory, 'bin/clang-99'), 'exit 1'),
      false,
    ],
    ['a signature appeared', ({ object }) => writeFileSync(`${object}.sig`, 'signature'), false],
    [
      'the memo was damaged',
      ({ directory }) => {
        const cache = join(directory, '.cache/tracee-builder');
        for (const name of readdirSync(cache)) writeFileSync(join(cache, name), '{"key":');
      },
      false,
    ],
  ];
  for (const [what, change, isRebuilt] of changes) {
    test(`everything is looked at again when ${what}`, (context) => {
      const home = createHome(context);
      ensure(home);
      assert.equal(ensure(home).isRemembered, true);
      change(home);
      const after = ensure(home);
      assert.deepEqual([after.isRemembered, after.isReused], [false, !isRebuilt]);
      assert.equal(ensure(home).isRemembered, true);
    });
  }

  test('another command or environment is another memo', (context) => {
    const home = createHome(context);
    ensure(home);
    assert.equal(ensure(home, { env: { VERSION: '0.2.0' } }).isReused, false);
    assert.equal(ensure(home, { words: ['--allow-mismatch'] }).isRemembered, false);
    assert.equal(ensure(home).isRemembered, true);
  });

  test('a compiler that is a script is asked each time', (context) => {
    const home = createHome(context);
    const clang = writeScript(join(home.directory, 'own/clang'), `exec ${toolchain.clang.path} "$@"`);
    const env = { CLANG: clang };
    ensure(home, { env });
    const second = ensure(home, { env });
    assert.deepEqual([second.isRemembered, second.isReused], [false, true]);
  });

  test('without a home nothing is remembered, and nothing is missed', (context) => {
    const home = createHome(context);
    ensure(home, { env: { HOME: '' } });
    const second = ensure(home, { env: { HOME: '' } });
    assert.deepEqual([second.isRemembered, second.isReused], [false, true]);
  });
});
