import { existsSync, readFileSync } from 'node:fs';
import { compareReleases, type Kernel } from '../host/kernel.js';
import { isMapTypeSupported, mapTypes } from '../libbpf/index.js';
import type { ProgramLoad } from '../tracing/load-check.js';
import { fail, ok, warn, type Finding } from './finding.js';
import type { KernelOptions } from './kernel-options.js';

/** What a feature is judged by. */
export interface Host {
  readonly kernel: Kernel;
  readonly options: KernelOptions | undefined;
  /** May create maps and load programs, so that trying says something. */
  readonly mayTry: boolean;
  /** What became of a program on a trampoline, where one could be tried. */
  readonly trampoline?: ProgramLoad['outcome'] | undefined;
  /** Root of `/proc` and `/sys`; another than the host's in tests. */
  readonly root: string;
}

type Answer = 'yes' | 'no' | 'unknown';

interface Feature {
  readonly id: string;
  readonly what: string;
  /** Series that it came with; older kernels may have it by a distributor's grace. */
  readonly since: string;
  /** Configuration that it needs, all of them. */
  readonly options: readonly string[];
  /** Asks the kernel itself, by what it shows or by trying what costs little. */
  readonly probe: (host: Host) => Answer;
  /** What is lost without it. */
  readonly without: string;
  readonly mend: string;
  readonly isNeeded?: true;
}

const features: readonly Feature[] = [
  {
    id: 'bpf',
    what: 'bpf() system call',
    since: '3.18',
    options: ['CONFIG_BPF', 'CONFIG_BPF_SYSCALL'],
    probe: ({ mayTry }) => (mayTry && isMapTypeSupported(mapTypes.array) ? 'yes' : 'unknown'),
    without: 'nothing can be traced',
    mend: 'boot a kernel with CONFIG_BPF_SYSCALL=y; every distribution has one',
    isNeeded: true,
  },
  {
    id: 'btf',
    what: 'BTF of the kernel',
    since: '5.4',
    options: ['CONFIG_DEBUG_INFO_BTF'],
    probe: ({ root }) => present(root, '/sys/kernel/btf/vmlinux'),
    without: 'only objects from kernel headers can be used',
    mend: 'build the object from the headers of this kernel: make bpf',
  },
  {
    id: 'raw-tracepoints',
    what: 'raw tracepoints',
    since: '4.17',
    options: ['CONFIG_TRACEPOINTS', 'CONFIG_BPF_EVENTS'],
    probe: () => 'unknown',
    without: 'most events cannot be served',
    mend: 'boot a kernel with CONFIG_BPF_EVENTS=y',
    isNeeded: true,
  },
  {
    id: 'kprobes',
    what: 'kprobes',
    since: '2.6',
    options: ['CONFIG_KPROBES', 'CONFIG_KPROBE_EVENTS'],
    probe: ({ kernel }) => (kernel.hasKprobes ? 'yes' : 'no'),
    without: 'functions are hooked by trampolines or not at all; syscalls by tracepoints',
    mend: 'boot a kernel with CONFIG_KPROBE_EVENTS=y; tracee --plan shows what each event stands on here',
  },
  {
    id: 'trampolines',
    what: 'trampolines (fentry, fexit)',
    since: '5.5',
    options: ['CONFIG_BPF_JIT', 'CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS'],
    probe: ({ trampoline }) => {
      if (trampoline === undefined) return 'unknown';
      return trampoline === 'impossible' ? 'no' : 'yes';
    },
    without: 'functions are hooked by kprobes, which cost more',
    mend: 'nothing to do where kprobes or tracepoints serve: tracee --plan shows what each event stands on here',
  },
  {
    id: 'bpf-lsm',
    what: 'BPF LSM active',
    since: '5.7',
    options: ['CONFIG_BPF_LSM'],
    probe: ({ root, options }) => {
      const argument = /\blsm=(\S+)/.exec(readLine(root, '/proc/cmdline') ?? '')?.[1];
      // Without securityfs: what the kernel was told to activate.
      const modules =
        readLine(root, '/sys/kernel/security/lsm') ??
        argument ??
        options?.get('CONFIG_LSM')?.replaceAll('"', '');
      if (modules === undefined) return 'unknown';
      return modules.split(',').includes('bpf') ? 'yes' : 'no';
    },
    without: 'LSM hooks stay silent; other hooks serve where they can',
    mend: 'add bpf to the list of the kernel argument lsm= (cat /sys/kernel/security/lsm)',
  },
  {
    id: 'ring-buffer',
    what: 'ring buffer',
    since: '5.8',
    options: ['CONFIG_BPF_SYSCALL'],
    probe: ({ mayTry, kernel }) => {
      if (mayTry) return isMapTypeSupported(mapTypes.ringBuffer) ? 'yes' : 'no';
      return compareReleases(kernel.release, '5.8') >= 0 ? 'yes' : 'unknown';
    },
    without: 'records go through perf buffers, which take more memory',
    mend: 'nothing to do: perf buffers are used; Linux 5.8 brings the ring buffer',
  },
];

/** The kernel's features, its settings and its configuration. */
export function examineKernel(host: Host): Finding[] {
  return [
    ok('kernel', 'kernel', `${host.kernel.release} (${host.kernel.arch})`),
    host.options === undefined
      ? warn(
          'kernel-config',
          'kernel configuration',
          'not to be read anywhere: judged by what the kernel shows',
          'mount /boot, or modprobe configs, for better answers',
        )
      : ok('kernel-config', 'kernel configuration', host.options.path),
    ...features.map((feature) => judge(feature, host)),
    ...examineSettings(host),
  ];
}

function judge(feature: Feature, host: Host): Finding {
  const { id, what, since, options, without, mend } = feature;
  const { options: configured } = host;
  const missing =
    configured === undefined ? [] : options.filter((option) => configured.get(option) === undefined);
  const probed = feature.probe(host);
  const answer =
    probed === 'unknown' && configured !== undefined ? (missing.length > 0 ? 'no' : 'yes') : probed;
  if (answer === 'yes') return ok(id, what, probed === 'yes' ? 'there' : 'there, by its configuration');
  if (answer === 'unknown')
    return warn(id, what, 'could not tell', 'run this as root, or mount /boot and /sys');
  const old = compareReleases(host.kernel.release, since) < 0 ? `, came with Linux ${since}` : '';
  const why = missing.length > 0 ? ` (${missing.join(', ')} not set)` : old;
  const found = `not there${why}: ${without}`;
  return feature.isNeeded === true
    ? fail(id, what, 'KERNEL_UNSUPPORTED', found, mend)
    : warn(id, what, found, mend);
}

function examineSettings({ root }: Host): Finding[] {
  const findings: Finding[] = [];
  const lockdown = /\[(\w+)\]/.exec(readLine(root, '/sys/kernel/security/lockdown') ?? '')?.[1];
  findings.push(
    lockdown === 'confidentiality'
      ? fail(
          'lockdown',
          'lockdown',
          'KERNEL_UNSUPPORTED',
          "confidentiality: BPF may not read the kernel's memory",
          'boot with lockdown=integrity, or none',
        )
      : ok('lockdown', 'lockdown', lockdown ?? 'none'),
  );
  const unprivileged = readLine(root, '/proc/sys/kernel/unprivileged_bpf_disabled');
  findings.push(
    unprivileged === '0'
      ? warn(
          'unprivileged-bpf',
          'unprivileged BPF',
          'everybody may load BPF programs',
          'sysctl kernel.unprivileged_bpf_disabled=1',
        )
      : ok('unprivileged-bpf', 'unprivileged BPF', unprivileged === undefined ? 'not there' : 'off'),
  );
  const jit = readLine(root, '/proc/sys/net/core/bpf_jit_enable');
  findings.push(
    jit === '0'
      ? warn(
          'jit',
          'JIT compiler',
          'off: programs are interpreted, several times slower',
          'sysctl net.core.bpf_jit_enable=1',
        )
      : ok('jit', 'JIT compiler', jit === undefined ? 'no setting' : 'on'),
  );
  return findings;
}

function present(root: string, path: string): Answer {
  return existsSync(`${root}${path}`) ? 'yes' : 'no';
}

function readLine(root: string, path: string): string | undefined {
  try {
    return readFileSync(`${root}${path}`, 'utf8').trim();
  } catch {
    return undefined; // not there, or not mounted
  }
}
