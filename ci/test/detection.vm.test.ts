import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';

const settings = readSettings(process.env);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What runs in the guest, at the same places below /tracee as in the repository. */
const parts = [
  'runtime/dist',
  'runtime/package.json',
  'test/dist',
  'dist/attacks',
  ...['koffi', '@koromix', 'commander', 'zod', 'fastest-levenshtein'].map((name) => `node_modules/${name}`),
];

/** Kernel and the hook that must serve there. */
const rows = [{ kernel: 'debian-6.1', hook: 'trampoline' }];

for (const { kernel, hook } of rows) {
  test(`on ${kernel} the object built from its headers detects and traces, on ${hook}s`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'tracee-vm-test-'));
    context.after(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const object = await buildFromHeaders(kernel, directory);
    const outcome = await runInVm({
      settings,
      kernel,
      files: [
        ...parts.map((part) => ({ from: join(root, part), to: `/tracee/${part}` })),
        { from: object, to: `/tmp/tracee/${basename(object)}` },
      ],
      command: [
        '/bin/sh',
        '-c',
        [
          'cd /tracee',
          'node runtime/dist/cli/main.js --no-portable --plan',
          'node runtime/dist/cli/main.js --no-portable -- dist/attacks/ad-traceme',
          'node --test --test-reporter tap test/dist/detection.test.js test/dist/tracing.test.js',
        ].join(' && '),
      ],
      env: { EXPECT_HOOK: hook },
      timeoutMs: 600_000,
    });
    for (const line of outcome.stdout.split('\n')) context.diagnostic(line);
    assert.equal(outcome.exitStatus, 0, outcome.stdout.slice(-4000));
    assert.match(outcome.stdout, /^# pass 1[0-9]$/m);
    assert.match(outcome.stdout, /^# fail 0$/m);
    assert.match(outcome.stdout, /^HIGH TRC-2 Anti-Debugging: ad-traceme\[\d+\]/m);
  });
}

/** With the portable object out of the way, `/tmp/tracee` is where the runtime finds this one. */
async function buildFromHeaders(kernel: string, output: string): Promise<string> {
  const { release, buildDir, sourceDir } = await fetchKernel(findKernelRow(kernel), { settings });
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'builder/dist/cli/main.js'), 'build', '--output', output],
    {
      encoding: 'utf8',
      env: { ...process.env, KERN_RELEASE: release, KERN_HEADERS: `${buildDir}:${sourceDir}` },
    },
  );
  assert.equal(status, 0, stderr);
  const [name] = readdirSync(output);
  assert.ok(name);
  return join(output, name);
}
