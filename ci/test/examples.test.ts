import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parse } from 'yaml';
import { builder, run } from '../../test/e2e/harness.js';
import { findUnknownTargets, optionsOfHelp } from './document-rules.js';
import { readText, root } from './repository.js';

/* The examples for users. What of them needs a service is read, the rest is run. Needs root and BPF. */

const github = 'ci/examples/github-actions.yml';
const gitlab = 'ci/examples/gitlab-ci.yml';

interface Step {
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const steps = Object.values(
  (parse(readText(github)) as { jobs: Record<string, { steps: Step[] }> }).jobs,
).flatMap((job) => job.steps);

interface Job {
  readonly stage: string;
  readonly script: readonly string[];
}

const {
  stages,
  default: defaults,
  variables,
  ...jobs
} = parse(readText(gitlab)) as Record<string, unknown> & {
  stages: string[];
  default: Record<string, unknown>;
  variables: Record<string, string>;
};
const gitlabJobs = jobs as Record<string, Job>;

/** Every line that a shell gets, by file. */
const scripts: readonly (readonly [string, readonly string[]])[] = [
  [github, steps.flatMap((step) => step.run?.split('\n') ?? [])],
  [gitlab, Object.values(gitlabJobs).flatMap(({ script }) => script)],
];

function errorsOf(content: string): string[] {
  return parseWorkflow({ name: github, content }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map((error) => error.message);
}

test('GitHub takes its example, and would not take one with a wrong key or an unknown context', () => {
  assert.deepEqual(errorsOf(readText(github)), []);
  assert.notDeepEqual(errorsOf(readText(github).replace('runs-on:', 'run-on:')), []);
  assert.notDeepEqual(errorsOf(readText(github).replace('secrets.SIGNING_KEY', 'secret.SIGNING_KEY')), []);
});

test('the jobs of the GitLab example have a stage that exists and a script of lines', () => {
  assert.deepEqual(Object.keys(defaults), ['image', 'services']);
  assert.deepEqual(Object.keys(gitlabJobs), ['object', 'image']);
  for (const [name, value] of Object.entries(variables)) assert.equal(typeof value, 'string', name);
  for (const [name, { stage, script }] of Object.entries(gitlabJobs)) {
    assert.ok(stages.includes(stage), name);
    for (const line of script) assert.equal(typeof line, 'string', `${name}: a script line is no text`);
  }
});

for (const [path, lines] of scripts) {
  test(`the shell takes the commands of ${path}`, () => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: lines.join('\n'), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  test(`files, commands and options of tracee-builder that ${path} names exist`, () => {
    const calls = lines.flatMap((line) => [...line.matchAll(/builder\/dist\/cli\/entry\.js (\w+)([^;]*)/g)]);
    assert.ok(calls.length > 0);
    for (const [text, command = '', rest = ''] of calls) {
      const options = optionsOfHelp(run(builder, [command, '--help']).stdout);
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) assert.ok(options.includes(option), text);
    }
    const files = lines.flatMap((line) => [...line.matchAll(/\bci\/[\w./-]+/g)].map(([file]) => file));
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });

  test(`make targets that ${path} names exist`, () => {
    const text = `\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;
    assert.deepEqual(findUnknownTargets([{ path, text }], readText('Makefile')), []);
  });

  test(`variables that ${path} gives to make are read by the Makefile`, () => {
    const makefile = readText('Makefile');
    const given = lines.flatMap((line) =>
      line.startsWith('make ') ? [...line.matchAll(/\b([A-Z_]+)=/g)].map((match) => match[1] ?? '') : [],
    );
    assert.ok(given.includes('DOCKER'));
    assert.deepEqual(
      given.filter((name) => !makefile.includes(`$(${name})`) && !makefile.includes(`,$(${name}))`)),
      [],
    );
  });
}

test('what decides an object is in the key of the cache, and is there', () => {
  const key = steps.flatMap((step) => step.with?.['key'] ?? [])[0] ?? '';
  assert.match(key, /matrix\.kernel/);
  const patterns = [...(/hashFiles\((.*)\)/.exec(key)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  for (const wanted of ['bpf/**', 'builder/src/**', 'builder/Dockerfile', 'runtime/package.json'])
    assert.ok(patterns.includes(wanted), wanted);
  for (const pattern of patterns) assert.ok(existsSync(join(root, pattern.replace('/**', ''))), pattern);
});

test('the list of kernels becomes a matrix, without comments and empty lines', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-examples-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  writeFileSync(join(directory, 'kernels.txt'), '# the fleet\n6.8.0-45-generic\n\n5.15.0-119-generic\n');
  const script = steps.find((step) => step.run?.includes('kernels.txt'))?.run ?? '';
  const output = join(directory, 'output');
  const { status, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GITHUB_OUTPUT: output },
  });
  assert.equal(status, 0, stderr);
  assert.equal(readFileSync(output, 'utf8'), 'list=["6.8.0-45-generic","5.15.0-119-generic"]\n');
});

test('with the capabilities of the unit for systemd, its umask and no way to more, Tracee detects', (context) => {
  const unit = readText('ci/examples/tracee.service');
  const capabilities = (/^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1] ?? '').toLowerCase().split(' ');
  assert.ok(capabilities.includes('cap_bpf') && capabilities.includes('cap_sys_resource'));
  // Kernels since 5.11 need less, and what they do not need is not given here.
  const given = capabilities.filter((name) => name !== 'cap_sys_resource').map((name) => `+${name.slice(4)}`);
  execFileSync('sh', ['test/attacks/build.sh', 'test/attacks/ad-traceme.c'], { cwd: root });
  const line = `umask ${/^UMask=(\d+)$/m.exec(unit)?.[1]}; exec node runtime/dist/cli/main.js --rules TRC-2 -- dist/attacks/ad-traceme`;
  const { status, stdout, stderr } = spawnSync(
    'setpriv',
    [
      ...['--bounding-set', ['-all', ...given].join(','), '--inh-caps=-all', '--no-new-privs'],
      ...['/bin/sh', '-c', line],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  context.diagnostic(stderr);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /TRC-2 Anti-Debugging: ad-traceme\[/);
});
