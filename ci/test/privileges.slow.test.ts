import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareGuest } from '../matrix/dist/guest.js';
import { buildObject } from '../matrix/dist/objects.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';

/* With the capabilities that docs/privileges.md has, and no others, all rules run and find an attack. */

const settings = readSettings(process.env);
const tracee = 'node /tracee/runtime/dist/cli/main.js';
const attack = '/tracee/dist/attacks/ad-traceme';

/** What a kernel wants for tracing, with the default limits of a Debian. */
const wanted = {
  'debian-5.10': ['bpf', 'perfmon', 'sys_resource'],
  'debian-6.1': ['bpf', 'perfmon'],
} as const;

const optional = ['sys_ptrace', 'dac_read_search'];

/** As root with these capabilities and no way to others; `-- command` follows. */
const asRootWith = (names: readonly string[]): string =>
  `/usr/bin/setpriv --bounding-set ${plus(names)} --inh-caps -all`;

/** As a user with these capabilities. */
const asNobodyWith = (names: readonly string[]): string =>
  `/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set ${plus(names)} --inh-caps ${plus(names)} --ambient-caps ${plus(names)}`;

function plus(names: readonly string[]): string {
  return ['-all', ...names.map((name) => `+${name}`)].join(',');
}

/** The permitted set of each thread of the parent, once for each that differs. */
const showThreads =
  "P=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$$/status); cat /proc/$P/task/*/status | grep -E '^(CapPrm|CapEff|NoNewPrivs)' | sort | uniq";

interface Step {
  readonly name: string;
  readonly command: string;
  readonly object: 'headers' | 'portable';
}

function stepsFor(kernel: keyof typeof wanted): Step[] {
  const required = wanted[kernel];
  const all = [...required, ...optional];
  const detect = `${tracee} -- ${attack}`;
  return [
    { name: 'portable', command: `${asRootWith(all)} ${detect}`, object: 'portable' },
    { name: 'headers', command: `${asRootWith(all)} ${detect}`, object: 'headers' },
    { name: 'least', command: `${asRootWith(required)} ${detect}`, object: 'headers' },
    { name: 'user', command: `${asNobodyWith(all)} ${detect}`, object: 'portable' },
    {
      name: 'threads',
      command: `${tracee} --rules TRC-2 -- /bin/sh -c "${showThreads.replaceAll('$', '\\$')}"`,
      object: 'portable',
    },
    ...required.map((name) => ({
      name: `without ${name}`,
      command: `${asRootWith(all.filter((one) => one !== name))} ${detect}`,
      object: 'portable' as const,
    })),
  ];
}

/** Before 5.19 (c8644cd0efe7) CAP_BPF is among what is kept; the others are CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_KILL. */
const keptMasks = { 'debian-5.10': '0000008000080024', 'debian-6.1': '0000000000080024' } as const;

for (const kernel of ['debian-5.10', 'debian-6.1'] as const) {
  test(`${kernel}: the documented capabilities are enough, each required one is missed by name, and the rest is given up`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'tracee-privileges-vm-'));
    context.after(() => rmSync(directory, { recursive: true }));
    const steps = stepsFor(kernel);
    const script = steps.flatMap(({ name, command, object }) => [
      `echo "== ${name}"`,
      `TRACEE_BPF_FILE=/objects/${object}.o ${command} 2>&1`,
      'echo "status $?"',
    ]);
    const { stdout, stderr, exitStatus } = await runInVm({
      ...{ settings, kernel, timeoutMs: 900_000, programs: ['/usr/bin/setpriv'] },
      files: [
        ...(await prepareGuest(join(directory, 'guest'), [])),
        ...(await objectsFor(kernel, directory)),
      ],
      command: ['/bin/sh', '-c', script.join('\n')],
    });
    assert.equal(exitStatus, 0, stderr);
    const parts = new Map(
      stdout
        .split(/^== /m)
        .slice(1)
        .map((part) => [part.slice(0, part.indexOf('\n')), part] as const),
    );
    const partOf = (name: string): string => parts.get(name) ?? `no ${name} in ${stdout}`;
    for (const name of ['portable', 'headers', 'least', 'user']) {
      assert.match(partOf(name), /^HIGH TRC-2 .*ad-traceme/m);
      assert.match(partOf(name), /detecting \(TRC-1, .*, TRC-7\)/);
      assert.match(partOf(name), /, 0 lost/);
      assert.match(partOf(name), /^status 0$/m);
    }
    assert.doesNotMatch(partOf('portable'), /without CAP_/);
    assert.match(partOf('least'), /without CAP_SYS_PTRACE[^]*without CAP_DAC_READ_SEARCH/);
    for (const name of wanted[kernel]) {
      assert.match(partOf(`without ${name}`), new RegExp(`tracing needs CAP_${name.toUpperCase()}, which`));
      assert.match(partOf(`without ${name}`), /^status 4$/m);
    }
    const kept = keptMasks[kernel];
    assert.match(
      partOf('threads'),
      new RegExp(`^CapEff:\\s${kept}\nCapPrm:\\s${kept}\nNoNewPrivs:\\s1\n(?!Cap)`, 'm'),
    );
  });
}

async function objectsFor(kernel: string, directory: string): Promise<{ from: string; to: string }[]> {
  return Promise.all(
    (['headers', 'portable'] as const).map(async (kind) => ({
      from: await buildObject(kernel, kind, directory, settings),
      to: `/objects/${kind}.o`,
    })),
  );
}
