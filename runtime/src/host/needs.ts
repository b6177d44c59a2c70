import type { Capability } from './capabilities.js';
import type { Limits } from './limits.js';

/** One thing that tracing does, and the capability that the kernel wants for it. */
export interface Need {
  /** What it is wanted for, as people say it. */
  readonly use: string;
  readonly capability: Capability;
  /** The first series that wants it; all before the next field where it is missing. */
  readonly since?: string;
  /** The first series that does not want it any more. */
  readonly before?: string;
  /** Where limits decide whether it is wanted at all. */
  readonly isWanted?: (limits: Limits) => boolean;
  /** What serves in its place. */
  readonly instead?: string;
  /** What is lost without it, where tracing runs without. */
  readonly without?: string;
  /** Its lack shows in the plan: events that are not served for it are named there. */
  readonly isInPlan?: true;
  /** Before this series it is wanted for as long as tracing goes on, not for its start alone. */
  readonly keptBefore?: string;
  /** The commit of Linux that says so, or the sort of kernel. */
  readonly source: string;
}

/**
 * What a kernel that counts the memory of maps must allow, in bytes: on Debian's 5.10 with two processors all rules
 * start with this and not with a quarter of it. Maps of other programs of the same user are counted together with ours.
 */
const memlockBytes = 64 * 1024 * 1024;

/** A later series than any: for what is kept on all kernels. */
const always = '999';

/**
 * Every capability that something here asks the kernel for. Those without a `without` are required. CAP_SYS_ADMIN
 * stands for CAP_BPF and CAP_PERFMON too. Not in the table, because nothing asks for it: CAP_SYSLOG (addresses of
 * kernel symbols are never read), CAP_NET_ADMIN, CAP_MAC_ADMIN (LSM programs are tracing programs to the kernel).
 */
export const needs: readonly Need[] = [
  {
    use: 'maps, and programs of every kind',
    capability: 'CAP_SYS_ADMIN',
    before: '5.8',
    keptBefore: '5.8',
    source: 'before 2c78ee898d8f (5.8) there was no other',
  },
  {
    use: 'maps, and programs of every kind',
    capability: 'CAP_BPF',
    since: '5.8',
    // Until then every call of bpf() asked for it where unprivileged BPF is off, looking into one's own map too.
    keptBefore: '5.19',
    source: '2c78ee898d8f (5.8); c8644cd0efe7 (5.19) for what is kept',
  },
  {
    use: 'programs on tracepoints, kprobes, trampolines and LSM hooks',
    capability: 'CAP_PERFMON',
    since: '5.8',
    source: '2c78ee898d8f, c9e0924e5c2b (5.8)',
  },
  {
    use: 'kprobes, and perf buffers',
    capability: 'CAP_SYS_ADMIN',
    since: '5.8',
    isWanted: ({ perfEventParanoid }) => perfEventParanoid >= 3,
    instead: 'sysctl kernel.perf_event_paranoid=2',
    without: 'functions are hooked by trampolines only, and records need ring buffers',
    isInPlan: true,
    source: 'kernels of Debian and Ubuntu, where kernel.perf_event_paranoid goes beyond 2',
  },
  {
    use: 'memory of maps and of perf buffers',
    capability: 'CAP_SYS_RESOURCE',
    before: '5.11',
    isWanted: (limits) => limits.memlockBytes < memlockBytes,
    instead: '--ulimit memlock=-1',
    source: 'd5299b67dd59 (5.11) ended the count against RLIMIT_MEMLOCK',
  },
  {
    use: 'looking into processes of others: program, descriptors, environment, root',
    capability: 'CAP_SYS_PTRACE',
    without: 'rules know of processes of others what events say and no more: they miss and excuse less',
    keptBefore: always,
    source: 'ptrace_may_access(), fs/proc/base.c',
  },
  {
    use: 'opening programs, scripts and libraries that are not for everybody',
    capability: 'CAP_DAC_READ_SEARCH',
    without: 'rules judge such files by their names alone',
    keptBefore: always,
    source: 'generic_permission(), fs/namei.c',
  },
];
