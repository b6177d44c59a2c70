import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';

/**
 * Falcosidekick itself is not always to be had. Where `TRACEE_TEST_FALCOSIDEKICK` names it, what follows runs
 * with it; a stand-in of its documented behaviour runs always.
 */
const real = process.env['TRACEE_TEST_FALCOSIDEKICK'];
const here = fileURLToPath(new URL('.', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tracee-sidekick-'));
after(() => rmSync(directory, { recursive: true }));

/** The stand-in as a program of its own. */
async function makeStandIn(): Promise<string> {
  const script = join(directory, 'stand-in.mjs');
  await bundle(`${here}sidekick-stand-in.ts`, script);
  const program = join(directory, 'falcosidekick');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(program, 0o755);
  return program;
}

/** Runs a test program where nothing but loopback is, and where names of the world lead there. */
function runAlone(guest: string, sidekick: string): { status: number | null; output: string } {
  const hosts = join(directory, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost events.pagerduty.com api.opsgenie.com\n');
  const script = 'ip link set lo up && mount --bind "$0" /etc/hosts && exec "$@"';
  const command = [
    process.execPath,
    '--import',
    'tsx',
    '--test',
    '--test-reporter',
    'spec',
    `${here}${guest}`,
  ];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--net', '--mount', 'sh', '-c', script, hosts, ...command],
    { encoding: 'utf8', timeout: 180_000, env: { ...env, TEST_SIDEKICK: sidekick } },
  );
  return { status, output: `${stdout}${stderr}` };
}

const needsRoot = process.getuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, to make namespaces' };

test('a stand-in for falcosidekick gives each output what it is to get', needsRoot, async () => {
  const { status, output } = runAlone('outputs-guest.ts', await makeStandIn());
  assert.equal(status, 0, output);
});

test(
  'the real falcosidekick gives each output what it is to get, and cuts nothing',
  real === undefined
    ? { skip: 'NOT RUN: needs falcosidekick: TRACEE_TEST_FALCOSIDEKICK=/path/of/falcosidekick' }
    : needsRoot,
  (context) => {
    const { status, output } = runAlone('outputs-guest.ts', real ?? '');
    context.diagnostic(output);
    assert.equal(status, 0, output);
  },
);
