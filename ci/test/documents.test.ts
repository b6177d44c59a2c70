import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '../../runtime/src/errors.js';
import {
  ancestor,
  layoutOf,
  recordHeader,
  sizeOfField,
  type StructLayout,
} from '../../runtime/src/events/layout.js';
import { builtinRules } from '../../runtime/src/signatures/index.js';
import { findUnmarkedBlocks } from './document-blocks.js';
import {
  anchorsOf,
  compareNames,
  findBrokenLinks,
  findUnknownOptions,
  findUnknownTargets,
  firstColumn,
  offsetsOfTable,
  optionsOfHelp,
  optionsOfSection,
  type Document,
} from './document-rules.js';
import { documents as findDocuments, readFiles, readText, root } from './repository.js';

const documents: readonly Document[] = findDocuments();
const textOf = (path: string): string => documents.find((one) => one.path === path)?.text ?? '';

const at = (path: string, text: string): Document => ({ path, text });

test('links lead to files and headings that are there', () => {
  assert.deepEqual(
    findBrokenLinks(documents, (path) => existsSync(join(root, path))),
    [],
  );
});

test('a link to a missing file and one to a missing heading are noticed', () => {
  const pages = [
    at(
      'docs/a.md',
      '# A\n\n[x](gone.md) [y](b.md#nowhere) [z](b.md#two-words) [w](https://example.org) [v](#a)\n',
    ),
    at('docs/b.md', '# B\n\n## Two `words`\n'),
  ];
  assert.deepEqual(
    findBrokenLinks(pages, (path) => pages.some((page) => page.path === path)),
    [
      'docs/a.md links to gone.md, which is not there',
      'docs/a.md links to b.md#nowhere, but docs/b.md has no such heading',
    ],
  );
  assert.deepEqual(anchorsOf("# Where it's `looked` for\n```\n# no heading\n```\n"), [
    'where-its-looked-for',
  ]);
});

test('make targets that documents name exist', () => {
  assert.deepEqual(findUnknownTargets(documents, readText('Makefile')), []);
});

test('a make target that does not exist is noticed, in a span and in a block', () => {
  const page = at(
    'README.md',
    'Run `make it`, or make sure:\n\n```\nmake OUT_DIR=x that   # comment\nmake all\n```\n',
  );
  assert.deepEqual(findUnknownTargets([page], 'all: ## everything\n\techo\n'), [
    'README.md names make it, which the Makefile does not have',
    'README.md names make that, which the Makefile does not have',
  ]);
});

test('every block of commands says whether it is run, and why where it is not', () => {
  assert.deepEqual(findUnmarkedBlocks(documents), []);
});

test('a block without a mark, a reason, or with a command where none is expected is noticed', () => {
  const fence = '```';
  const blocks = [
    `${fence}\ntracee --list\n${fence}`,
    `${fence}sh\ntracee --list\n${fence}`,
    `${fence}sh not-run:\ntracee --list\n${fence}`,
    `${fence}text\n$ sudo tracee\n${fence}`,
    `- x\n  ${fence}sh run`,
    `${fence}sh not-run: needs a cluster\nkubectl get nodes\n${fence}`,
    `${fence}text\ntracee: no headers\n${fence}`,
  ];
  const found = blocks.map((text) => findUnmarkedBlocks([at('a.md', text)]));
  assert.deepEqual(found, [
    ['a.md:1 is "", which is none of sh, text, mermaid, yaml, js, json, ini'],
    ['a.md:1 is "sh ", but must be "sh run", "sh run slow", "sh run vm" or "sh not-run: REASON"'],
    ['a.md:1 is "sh not-run:", but must be "sh run", "sh run slow", "sh run vm" or "sh not-run: REASON"'],
    ['a.md:1 is text, but has a command: $ sudo tracee'],
    ['a.md:2 has a fence that is indented or no ```'],
    [],
    [],
  ]);
});

/** Each command with the page that has its options. */
const commands: readonly Command[] = [
  { command: 'tracee', page: 'docs/usage.md', program: 'runtime', words: [] },
  { command: 'tracee trace', page: 'docs/usage.md', program: 'runtime', words: ['trace'] },
  { command: 'tracee rules check', page: 'docs/rules.md', program: 'runtime', words: ['rules', 'check'] },
  { command: 'tracee rules test', page: 'docs/rules.md', program: 'runtime', words: ['rules', 'test'] },
  {
    ...{ command: 'tracee-rules', page: 'docs/rules.md', program: 'runtime', words: [] },
    script: 'tracee-rules.js',
  },
  {
    ...{ command: 'tracee-ebpf', page: 'docs/tracing.md', program: 'runtime', words: [] },
    script: 'tracee-ebpf.js',
  },
  { command: 'tracee-builder build', page: 'docs/building.md', program: 'builder', words: ['build'] },
  { command: 'tracee-builder inspect', page: 'docs/building.md', program: 'builder', words: ['inspect'] },
  { command: 'tracee doctor', page: 'docs/usage.md', program: 'runtime', words: ['doctor'] },
  { command: 'tracee-builder doctor', page: 'docs/building.md', program: 'builder', words: ['doctor'] },
  { command: 'tracee-builder check', page: 'docs/building.md', program: 'builder', words: ['check'] },
  { command: 'tracee-builder sign', page: 'docs/building.md', program: 'builder', words: ['sign'] },
  { command: 'tracee-builder keygen', page: 'docs/building.md', program: 'builder', words: ['keygen'] },
  { command: 'tracee-builder verify', page: 'docs/building.md', program: 'builder', words: ['verify'] },
  {
    command: 'tracee-builder capsule create',
    page: 'docs/building.md',
    program: 'builder',
    words: ['capsule', 'create'],
  },
  { command: 'tracee-builder list', page: 'docs/building.md', program: 'builder', words: ['list'] },
  { command: 'tracee-builder gc', page: 'docs/building.md', program: 'builder', words: ['gc'] },
];

interface Command {
  readonly command: string;
  readonly page: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly script?: string;
}

function optionsOf(program: string, words: readonly string[], name = 'main.js'): string[] {
  const script = join(root, program, 'dist/cli', name);
  return optionsOfHelp(execFileSync(process.execPath, [script, ...words, '--help'], { encoding: 'utf8' }));
}

for (const { command, page, program, words, script } of commands) {
  test(`the options of ${command} are those that ${page} has`, () => {
    assert.deepEqual(
      compareNames('option', optionsOf(program, words, script), optionsOfSection(textOf(page), command)),
      [],
    );
  });
}

test('tracee-builder ensure has the options of build, as docs/building.md says', () => {
  assert.deepEqual(optionsOf('builder', ['ensure']), optionsOf('builder', ['build']));
});

const benchOptions = optionsOfHelp(
  execFileSync(process.execPath, [join(root, 'bench/dist/main.js'), '--help'], { encoding: 'utf8' }),
);

test('the options of the bench are those that docs/performance.md has', () => {
  const documented = optionsOfSection(textOf('docs/performance.md'), 'make bench');
  assert.deepEqual(compareNames('option', benchOptions, documented), []);
});

const allOptions = [
  ...commands.flatMap(({ program, words, script }) => optionsOf(program, words, script)),
  ...benchOptions,
  '--help',
];

test('options that documents name in passing exist', () => {
  const ofCosign = ['--tlog-upload', '--output-signature', '--signature', '--insecure-ignore-tlog'];
  const ofDocker = [
    ...['--cap-add', '--cap-drop', '--entrypoint', '--init', '--name', '--network', '--pid', '--privileged'],
    ...['--read-only', '--rm', '--security-opt', '--tmpfs', '--ulimit', '--user', '--userns'],
  ];
  const ofOthers = [...ofCosign, ...ofDocker, '--import', '--test'];
  const hidden = ['--assume-version'];
  const pages = documents.filter(({ path }) => path !== 'docs/differences.md');
  const ofSystem = ['--check', '--follow', '--now', '--unit', '--update'];
  assert.deepEqual(findUnknownOptions(pages, [...allOptions, ...hidden, ...ofSystem], ofOthers), []);
});

test('options that docs/differences.md misses are missing', () => {
  const missing = /^## Not there$([\s\S]*?)^## /m.exec(textOf('docs/differences.md'))?.[1] ?? '';
  const named = [...missing.matchAll(/`(--[a-z-]+)`/g)].map((match) => match[1] ?? '');
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((option) => allOptions.includes(option)),
    [],
  );
});

test('an option that only the help or only the page has is noticed', () => {
  const help = 'Options:\n  --list      list\n  -o, --output <x>  (default: --list)\n  -h, --help  help\n';
  const page =
    '# X\n\n## `x`\n\n| option | meaning |\n| - | - |\n| `--list` | l |\n| `-f, --file` | f |\n\n## `y`\n\n| `--other` | o |\n';
  assert.deepEqual(compareNames('option', optionsOfHelp(help), optionsOfSection(page, 'x')), [
    'option --output is not documented',
    'option --file does not exist',
  ]);
  assert.deepEqual(findUnknownOptions([at('a.md', 'Use `x --lits` or --this.')], ['--list'], []), [
    'a.md names --lits, which no program here has',
  ]);
});

/** Every field in order, as the generated header has it. */
function fieldsOf(struct: StructLayout): [string, number, number][] {
  const { offsets } = layoutOf(struct);
  return struct.fields.map(([name, type]) => [name, offsets.get(name) ?? -1, sizeOfField(type).size]);
}

test('docs/records.md has the offsets and sizes of the header and of an ancestor', () => {
  assert.deepEqual(offsetsOfTable(textOf('docs/records.md'), '## Header'), fieldsOf(recordHeader));
  assert.deepEqual(offsetsOfTable(textOf('docs/records.md'), '## Ancestry block'), fieldsOf(ancestor));
});

test('docs/excuses.md has every sight of the built-in rules, and says of each rule what it excuses', () => {
  const sights = builtinRules.flatMap(({ metadata, sights: all }) =>
    all.filter(({ isSignal }) => isSignal !== true).map(({ id }) => `${metadata.id} ${id}`),
  );
  const documented = firstColumn(textOf('docs/excuses.md'), 'rule and sight').flatMap((cell) => {
    const [rule = '', ...ids] = cell.split(' ');
    return ids.map((id) => `${rule} ${id}`);
  });
  assert.deepEqual(compareNames('sight', sights, documented), []);
});

test('README.md leads to every page', () => {
  const page = textOf('README.md');
  const pages = documents.map(({ path }) => path).filter((path) => path !== 'README.md');
  assert.deepEqual(
    pages.filter((path) => !page.includes(`](${path})`)),
    [],
  );
});

test('docs/troubleshooting.md leads to every error', () => {
  const page = textOf('docs/troubleshooting.md');
  assert.deepEqual(
    Object.keys(errorTable).filter((code) => !page.includes(`[${code}](errors.md#${code.toLowerCase()})`)),
    [],
  );
});

test('a table of offsets is read to the next heading and no further', () => {
  const page =
    '\n## A\n\n| offset | size | field |\n| - | - | - |\n| 0 | 4 | `a` | x |\n| 4 | 2 | `b` | y |\n\n### B\n\n| 9 | 9 | `c` |\n';
  assert.deepEqual(offsetsOfTable(page, '## A'), [
    ['a', 0, 4],
    ['b', 4, 2],
  ]);
});

/** Directories that hold sources or documents; tests that mirror the sources are left out. */
function directoriesOfTheHouse(): string[] {
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:\.|node_modules$|dist$)/.test(entry.name))
    .map((entry) => entry.name);
  return [
    ...new Set(
      readFiles(top, /\.(?:ts|mjs|c|h|sh|py|go|md|ya?ml)$/)
        .map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))
        .filter((directory) => !/^(?:runtime|builder)\/test\//.test(directory)),
    ),
  ];
}

test('the map in CONTRIBUTING.md has every directory, and no other', () => {
  const outputs = ['dist/', 'runtime/portable/'];
  assert.deepEqual(
    compareNames(
      'directory',
      [...directoriesOfTheHouse(), ...outputs],
      firstColumn(textOf('CONTRIBUTING.md'), 'directory'),
    ),
    [],
  );
});

interface PackageJson {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

test('CONTRIBUTING.md says of each dependency why it is there', () => {
  const used = ['package.json', 'runtime/package.json', 'builder/package.json'].flatMap((path) => {
    const { dependencies, devDependencies } = JSON.parse(readText(path)) as PackageJson;
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  const explained = firstColumn(textOf('CONTRIBUTING.md'), 'package');
  assert.deepEqual(compareNames('dependency', [...new Set(used)], explained), []);
});

test('CONTRIBUTING.md has the Debian packages that the set-up installs', () => {
  const installed = [...readText('ci/setup.sh').matchAll(/^\s*need (\S+) /gm)].map((match) => match[1] ?? '');
  const section = /^Debian packages[\s\S]*?^## /m.exec(textOf('CONTRIBUTING.md'))?.[0] ?? '';
  assert.ok(installed.length > 0);
  assert.deepEqual(
    installed.filter((name) => !section.includes(`\`${name}\``)),
    [],
  );
});

test('a name that only one list has is noticed, and a table is read by its head', () => {
  const page = '| other | x |\n| - | - |\n| `o` | x |\n\n| name | x |\n| - | - |\n| `a` | x |\n| `b` | y |\n';
  assert.deepEqual(firstColumn(page, 'name'), ['a', 'b']);
  assert.deepEqual(compareNames('name', ['a', 'c'], ['a', 'b']), [
    'name c is not documented',
    'name b does not exist',
  ]);
});
