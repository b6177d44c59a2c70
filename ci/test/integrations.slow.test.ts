import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Payload } from '../../runtime/src/delivery/payload.js';
import { windowSize } from '../../runtime/src/delivery/sidekick/destination.js';
import { freePort, startReceiver, type Receiver } from '../../runtime/test/delivery/receiver.js';
import { parseLines, root, tracee } from '../../test/e2e/harness.js';
import { bundle } from './bundle.js';

/**
 * Falcosidekick itself is not always to be had. Where `TRACEE_TEST_FALCOSIDEKICK` names it, what follows runs
 * with it; a stand-in of its documented behaviour runs always.
 */
const real = process.env['TRACEE_TEST_FALCOSIDEKICK'];
const here = fileURLToPath(new URL('.', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tracee-sidekick-'));
after(() => rmSync(directory, { recursive: true }));

let standIn: Promise<string> | undefined;

/** The stand-in as a program of its own. */
function getStandIn(): Promise<string> {
  return (standIn ??= makeStandIn());
}

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
  const { status, output } = runAlone('outputs-guest.ts', await getStandIn());
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

const attack = `${root}dist/attacks/ad-traceme`;

interface Told {
  readonly event: { readonly hostProcessId: number };
}

interface Outcome {
  readonly status: number | null;
  readonly findings: readonly Told[];
  readonly stderr: string;
}

/** Starts tracee with integrations on a script, which it watches alone. */
async function detect(
  context: TestContext,
  sidekick: string,
  configuration: string,
  script: string,
  onStart: (pid: number) => void = () => undefined,
): Promise<Outcome> {
  const place = mkdtempSync(join(directory, 'run-'));
  const file = join(place, 'integrations-config.yaml');
  writeFileSync(file, `listenport: ${await freePort()}\n${configuration}`);
  const flags = ['--json', '--rules', 'TRC-2', '--dedup-window', '0', '--rate-limit', 'off'];
  const waits = ['--queue-dir', join(place, 'queue'), '--delivery-timeout', '300'];
  const child = spawn(process.execPath, [tracee, ...flags, ...waits, '--', '/bin/sh', '-c', script], {
    env: {
      ...process.env,
      TRACEE_WEBHOOK_CONFIG: file,
      TRACEE_WEBHOOK_EXE: sidekick,
      // Falcosidekick would take these before what the file says.
      WEBHOOK_ADDRESS: 'http://127.0.0.1:1/',
      LISTENADDRESS: '0.0.0.0',
      DEBUG: 'express:*',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  onStart(child.pid ?? assert.fail('it has no pid'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, findings: parseLines<Told>(output.stdout), stderr: output.stderr };
}

/** The processes that a process has started and that still run, by /proc. */
function childrenOf(pid: number): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return status.includes(`\nPPid:\t${pid}\n`) ? [{ pid: Number(name), command }] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function payloadsOf({ received }: Receiver): Payload[] {
  return received.map(({ body }) => JSON.parse(body) as Payload);
}

const programs: readonly (readonly [
  name: string,
  program: () => Promise<string>,
  options: { skip?: string },
])[] = [
  ['a stand-in', getStandIn, needsRoot],
  [
    'the real falcosidekick',
    () => Promise.resolve(real ?? ''),
    real === undefined
      ? { skip: 'NOT RUN: needs falcosidekick: TRACEE_TEST_FALCOSIDEKICK=/path/of/falcosidekick' }
      : needsRoot,
  ],
];

for (const [name, getProgram, options] of programs) {
  test(
    `${name} brings detections to outputs, harmless, and only those that they want`,
    options,
    async (context) => {
      const [webhook, slack, silent] = [
        await startReceiver(context),
        await startReceiver(context),
        await startReceiver(context),
      ];
      // A program whose name would call everyone, and one that fools a terminal.
      const place = join(directory, `${name.length}<!channel>@everyone\n\u001b[31m`);
      mkdirSync(place);
      copyFileSync(attack, join(place, '<b>x'));
      chmodSync(join(place, '<b>x'), 0o755);
      const { status, findings, stderr } = await detect(
        context,
        await getProgram(),
        `webhook: {address: "${webhook.url.href}"}
slack: {webhookurl: "${slack.url.href}", minimumpriority: error}
mattermost: {webhookurl: "${silent.url.href}", minimumpriority: critical}
`,
        `${attack}; '${join(place, '<b>x')}'`,
      );
      assert.equal(status, 0, stderr);
      assert.equal(findings.length, 2, stderr);
      assert.deepEqual(
        [webhook, slack, silent].map(({ received }) => received.length),
        [2, 2, 0],
        stderr,
      );
      for (const [index, payload] of payloadsOf(webhook).entries()) {
        assert.equal(payload.rule, 'Anti-Debugging');
        assert.equal(payload.priority, 'Error');
        assert.equal(payload.output_fields['proc.pid'], String(findings[index]?.event.hostProcessId));
        assert.ok(Math.abs(Date.now() - Date.parse(payload.time)) < 600_000, payload.time);
      }
      assert.equal(payloadsOf(webhook)[0]?.output_fields['proc.exepath'], attack);
      for (const { body } of [...webhook.received, ...slack.received]) {
        // oxlint-disable-next-line no-control-regex -- that there are none is what is shown
        assert.doesNotMatch(JSON.stringify(JSON.parse(body)), /<!channel|@everyone|\\n|\u001b|\\u001b|<b>/);
        assert.match(body, /ad-traceme|x3cb/);
      }
    },
  );

  test(`${name} killed ten times during 1000 findings: each arrives, few twice`, options, async (context) => {
    const [wanted, kills] = [1000, 10];
    let tracer = 0;
    let killed = 0;
    const webhook: Receiver = await startReceiver(context, (index) => {
      if (killed < kills && index >= 40 + killed * 95) {
        for (const { pid, command } of childrenOf(tracer)) {
          if (!command.includes('config.yaml')) continue;
          process.kill(pid, 'SIGKILL');
          killed += 1;
        }
      }
      return 200;
    });
    const { status, findings, stderr } = await detect(
      context,
      await getProgram(),
      `webhook: {address: "${webhook.url.href}"}\n`,
      `for i in $(seq ${wanted}); do ${attack}; done`,
      (pid) => {
        tracer = pid;
      },
    );
    assert.equal(status, 0, stderr);
    assert.equal(killed, kills, stderr);
    assert.equal(findings.length, wanted, stderr);
    const payloads = payloadsOf(webhook);
    const ids = new Set(payloads.map((payload) => payload.output_fields['tracee.finding.id']));
    assert.equal(ids.size, wanted, stderr);
    assert.deepEqual(
      new Set(payloads.map((payload) => payload.output_fields['proc.pid'])),
      new Set(findings.map(({ event }) => String(event.hostProcessId))),
    );
    const repeats = payloads.length - wanted;
    context.diagnostic(
      `${repeats} repeats of ${wanted} findings in ${kills} kills, the bound is ${windowSize} a kill`,
    );
    assert.ok(repeats <= kills * windowSize, `${repeats}`);
  });
}
