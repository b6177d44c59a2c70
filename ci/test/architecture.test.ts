import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHeader } from '../../runtime/src/events/header.js';
import { readFiles, readText } from './repository.js';
import {
  findLongFiles,
  findProcessUse,
  findVersionConditions,
  findWrongArrows,
  importsOf,
  type SourceFile,
} from './source-rules.js';

const runtime = readFiles(['runtime/src'], /\.ts$/);
const builder = readFiles(['builder/src'], /\.ts$/);
const kernelSide = readFiles(['bpf'], /\.[ch]$/);
const everything = readFiles(['runtime', 'builder', 'bpf', 'ci', 'test'], /\.(?:ts|mjs|c|h|sh|py)$/);

const at = (path: string, text: string): SourceFile => ({ path, text });

test('the files that the rules are checked on are found', () => {
  for (const [files, path] of [
    [runtime, 'runtime/src/cli/main.ts'],
    [builder, 'builder/src/build.ts'],
    [kernelSide, 'bpf/compat.h'],
    [everything, 'test/attacks/ad-traceme.c'],
  ] as const) {
    assert.ok(
      files.some((file) => file.path === path),
      path,
    );
  }
});

test('imports follow the arrows', () => {
  assert.deepEqual(findWrongArrows([...runtime, ...builder]), []);
});

/** Each of these imports is against an arrow. */
const wrongImports: readonly [path: string, statement: string, reason: RegExp][] = [
  ['runtime/src/host/kernel.ts', "import { build } from 'tracee-builder';", /the builder never/],
  ['runtime/src/host/kernel.ts', "import { x } from '../../../builder/src/build.js';", /leads out/],
  ['runtime/src/tracing/plan.ts', "import { say } from '../cli/report.js';", /tracing may import only/],
  ['runtime/src/libbpf/map.ts', "import { layoutOf } from '../events/layout.js';", /libbpf may import only/],
  ['runtime/src/artifact/name.ts', "export * from '../events/abi.js';", /artifact may import only/],
  ['runtime/src/events/abi.ts', "import { pump } from '../tracing/pump.js';", /events may import only/],
  ['runtime/src/detection/engine.ts', "import '../output/json.js';", /detection may import only/],
  ['runtime/src/errors.ts', "const x = await import('./text/nearest.js');", /may import only nothing/],
  [
    'runtime/src/signatures/trc-2.ts',
    "import { Engine } from '../detection/engine.js';",
    /only .*detection\/rule/,
  ],
  ['runtime/src/signatures/trc-2.ts', "import { catalogue } from '../events/catalogue/index.js';", /types/],
  ['runtime/src/output/plan.ts', "import {\n  makePlan,\n} from '../tracing/plan.js';", /types of tracing/],
  ['runtime/src/attic/old.ts', "import { nearest } from '../text/nearest.js';", /add it to/],
  ['builder/src/build.ts', "import { Tracer } from 'tracee/tracing';", /only through/],
  ['builder/src/build.ts', "import { x } from '../../runtime/src/errors.js';", /leads out/],
];

for (const [path, statement, reason] of wrongImports) {
  test(`in ${path} this import is noticed: ${statement.replaceAll('\n', ' ')}`, () => {
    const [problem, second] = findWrongArrows([at(path, statement)]);
    assert.match(problem ?? '', reason);
    assert.equal(second, undefined);
  });
}

test('imports with the arrows, in comments and of types where only types may pass are no violations', () => {
  const text = [
    "import { readFileSync } from 'node:fs';",
    "import { TraceeError } from '../errors.js';",
    "import type { PlannedEvent } from '../tracing/plan.js';",
    "// import { run } from '../cli/run.js';",
    "/* import { run } from '../cli/run.js'; */",
  ].join('\n');
  assert.deepEqual(findWrongArrows([at('runtime/src/output/plan.ts', text)]), []);
  assert.equal(importsOf(at('x.ts', text)).length, 3);
});

test('environment, arguments, streams and exit status are used in the command line layer only', () => {
  assert.deepEqual(findProcessUse([...runtime, ...builder]), []);
});

test('their use elsewhere is noticed, in a program or a command it is not', () => {
  for (const line of [
    "const home = process.env['HOME'];",
    "process.stdout.write('found');",
    'process.exit(1);',
    'process.exitCode = 1;',
    'const { env } = process;',
    "console.log('here');",
    "import { env } from 'node:process';",
  ]) {
    assert.equal(findProcessUse([at('runtime/src/host/kernel.ts', line)]).length, 1, line);
    assert.deepEqual(findProcessUse([at('runtime/src/cli/run.ts', line)]), []);
    assert.deepEqual(findProcessUse([at('runtime/src/x.ts', `#!/usr/bin/env node\n${line}`)]), []);
  }
  assert.deepEqual(findProcessUse([at('runtime/src/host/kernel.ts', 'const pid = process.pid;')]), []);
});

test('only compat.h asks for the version of the kernel', () => {
  assert.deepEqual(findVersionConditions(kernelSide), []);
});

test('a version condition elsewhere in the kernel side is noticed', () => {
  const condition = '#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)\n#endif\n';
  assert.deepEqual(findVersionConditions([at('bpf/compat.h', condition)]), []);
  const [problem] = findVersionConditions([at('bpf/probes/files.h', condition)]);
  assert.match(problem ?? '', /bpf\/probes\/files\.h .*compat\.h/);
  assert.deepEqual(findVersionConditions([at('bpf/maps.h', '/* no LINUX_VERSION_CODE here */')]), []);
});

test('no source file has more than 300 lines', () => {
  assert.deepEqual(findLongFiles(everything), []);
});

test('a file of 301 lines is noticed, one of 300 is not', () => {
  assert.deepEqual(findLongFiles([at('builder/src/a.ts', '\n'.repeat(300))]), []);
  assert.match(findLongFiles([at('builder/src/a.ts', '\n'.repeat(301))])[0] ?? '', /has 301 lines/);
});

test('the generated header is what the catalogue generates', () => {
  assert.equal(readText('bpf/generated/events.h'), renderHeader(), 'run `npm run generate`');
});
