import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Finding } from '../../src/doctor/finding.js';
import { examineKernel } from '../../src/doctor/kernel-features.js';
import { readKernelOptions } from '../../src/doctor/kernel-options.js';

const release = '6.1.0-56-amd64';
const kernel = { release, arch: 'x86_64', hasBtf: true, hasKprobes: true } as const;

const complete = [
  ...['BPF', 'BPF_SYSCALL', 'BPF_JIT', 'BPF_EVENTS', 'BPF_LSM', 'DEBUG_INFO_BTF', 'TRACEPOINTS'],
  ...['KPROBES', 'KPROBE_EVENTS', 'DYNAMIC_FTRACE_WITH_DIRECT_CALLS'],
].map((name) => `CONFIG_${name}=y\n`);

/** A root with these files; name -> contents. */
function createRoot(context: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tracee-doctor-'));
  context.after(() => {
    rmSync(root, { recursive: true });
  });
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), contents);
  }
  return root;
}

const healthy = {
  [`boot/config-${release}`]: complete.join(''),
  'sys/kernel/btf/vmlinux': '',
  'sys/kernel/security/lsm': 'lockdown,capability,bpf',
  'sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  'proc/sys/kernel/unprivileged_bpf_disabled': '2\n',
  'proc/sys/net/core/bpf_jit_enable': '1\n',
};

function examine(
  context: TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
  more: { kernel?: typeof kernel; trampoline?: 'loaded' | 'impossible' } = {},
): Finding[] {
  const root = createRoot(context, files);
  const { trampoline } = more;
  return examineKernel({
    ...{ root, mayTry: false, trampoline, kernel: more.kernel ?? kernel },
    options: readKernelOptions(release, root),
  });
}

test('a kernel that has everything has no warning', (context) => {
  assert.deepEqual(
    examine(context, healthy).filter(({ status }) => status !== 'ok'),
    [],
  );
});

test('the configuration is read from every place that has one', (context) => {
  for (const place of [
    `boot/config-${release}`,
    `lib/modules/${release}/build/.config`,
    `usr/src/linux-headers-${release}/include/config/auto.conf`,
  ]) {
    const root = createRoot(context, { [place]: 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x"\n' });
    const options = readKernelOptions(release, root);
    assert.equal(options?.path, join(root, place));
    assert.deepEqual(['CONFIG_A', 'CONFIG_B', 'CONFIG_C'].map(options.get), ['y', undefined, '"x"']);
  }
});

test('the running kernel’s own comes first, and a damaged one is passed over', (context) => {
  const boot = { [`boot/config-${release}`]: 'CONFIG_A=n\n' };
  const root = createRoot(context, { 'proc/config.gz': gzipSync('CONFIG_A=y\n'), ...boot });
  assert.equal(readKernelOptions(release, root)?.get('CONFIG_A'), 'y');
  const damaged = createRoot(context, { 'proc/config.gz': 'CONFIG_A=y\n', ...boot });
  assert.equal(readKernelOptions(release, damaged)?.get('CONFIG_A'), 'n');
  assert.equal(readKernelOptions(release, createRoot(context, {})), undefined);
});

/** What is changed in the healthy root, and what must be found then. */
const faults: [
  id: string,
  status: 'warn' | 'fail',
  files: Record<string, string>,
  found: RegExp,
  mend: RegExp,
][] = [
  [
    'bpf',
    'fail',
    { [`boot/config-${release}`]: complete.filter((line) => !line.includes('SYSCALL')).join('') },
    /CONFIG_BPF_SYSCALL not set/,
    /CONFIG_BPF_SYSCALL=y/,
  ],
  ['bpf-lsm', 'warn', { 'sys/kernel/security/lsm': 'lockdown,capability' }, /not there/, /lsm=/],
  [
    'trampolines',
    'warn',
    { [`boot/config-${release}`]: complete.filter((line) => !line.includes('DIRECT')).join('') },
    /CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS not set/,
    /--plan/,
  ],
  [
    'lockdown',
    'fail',
    { 'sys/kernel/security/lockdown': 'none integrity [confidentiality]' },
    /confidentiality/,
    /lockdown=integrity/,
  ],
  ['unprivileged-bpf', 'warn', { 'proc/sys/kernel/unprivileged_bpf_disabled': '0\n' }, /everybody/, /sysctl/],
  ['jit', 'warn', { 'proc/sys/net/core/bpf_jit_enable': '0\n' }, /interpreted/, /sysctl/],
  ['kernel-config', 'warn', { [`boot/config-${release}`]: '' }, /not to be read/, /boot/],
];

for (const [id, status, files, found, mend] of faults) {
  test(`${id} is told with its mend where it is not as it should be`, (context) => {
    const finding = examine(context, { ...healthy, ...files }).find((one) => one.id === id);
    assert.equal(finding?.status, status);
    assert.match(finding.found, found);
    assert.match(finding.mend ?? '', mend);
    assert.equal(finding.code, status === 'fail' ? 'KERNEL_UNSUPPORTED' : undefined);
  });
}

test('what was tried counts more than the configuration', (context) => {
  const status = (trampoline: 'loaded' | 'impossible'): string | undefined =>
    examine(context, healthy, { trampoline }).find(({ id }) => id === 'trampolines')?.status;
  assert.equal(status('impossible'), 'warn');
  assert.equal(status('loaded'), 'ok');
});

test('without securityfs the kernel’s arguments, then its configuration, tell the security modules', (context) => {
  const { 'sys/kernel/security/lsm': _, ...unmounted } = healthy;
  const status = (files: Record<string, string>): string | undefined =>
    examine(context, { ...unmounted, ...files }).find(({ id }) => id === 'bpf-lsm')?.status;
  const config = (list: string): Record<string, string> => ({
    [`boot/config-${release}`]: `${complete.join('')}CONFIG_LSM="${list}"\n`,
  });
  assert.equal(status({ ...config('yama'), 'proc/cmdline': 'quiet lsm=yama,bpf\n' }), 'ok');
  assert.equal(status(config('yama,bpf')), 'ok');
  assert.equal(status(config('yama')), 'warn');
});
