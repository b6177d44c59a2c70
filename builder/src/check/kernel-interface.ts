import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpers } from './helpers.js';
import { type KernelVersion, kernelVersion } from './kernel-version.js';

/** What a kernel offers to BPF programs. */
export interface KernelInterface {
  readonly version: KernelVersion;
  /**
   * `BPF_*` names of the kernel's own include/uapi/linux/bpf.h, where a header tree is at hand. They outrank
   * the version: distributions bring features to kernels that are older by number.
   */
  readonly names?: ReadonlySet<string>;
}

/** A thing that came with some series: a helper, a map type, a program type. */
export interface Feature {
  readonly since: string;
  /** Its name in include/uapi/linux/bpf.h. */
  readonly constant: string;
}

export function provides({ version, names }: KernelInterface, { since, constant }: Feature): boolean {
  return names === undefined ? version >= kernelVersion(since) : names.has(constant);
}

/** The names of a header tree's bpf.h, `undefined` where the tree has none. */
export function readKernelNames(source: string): ReadonlySet<string> | undefined {
  const path = join(source, 'include/uapi/linux/bpf.h');
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'latin1');
  const named = [...text.matchAll(/\bBPF_\w+/g)].map(([name]) => name);
  // `FN(ringbuf_output),` and since 6.1 `FN(ringbuf_output, 130, ##ctx)`
  const mapped = [...text.matchAll(/\bFN\((\w+)/g)].map((match) => `BPF_FUNC_${match[1] ?? ''}`);
  return new Set([...named, ...mapped]);
}

const mapTypes: readonly (readonly [since: string, names: string])[] = [
  ['3.19', 'HASH ARRAY'],
  ['4.2', 'PROG_ARRAY'],
  ['4.3', 'PERF_EVENT_ARRAY'],
  ['4.6', 'PERCPU_HASH PERCPU_ARRAY STACK_TRACE'],
  ['4.8', 'CGROUP_ARRAY'],
  ['4.10', 'LRU_HASH LRU_PERCPU_HASH'],
  ['4.11', 'LPM_TRIE'],
  ['4.12', 'ARRAY_OF_MAPS HASH_OF_MAPS'],
  ['4.14', 'DEVMAP SOCKMAP'],
  ['4.15', 'CPUMAP'],
  ['4.18', 'XSKMAP SOCKHASH'],
  ['4.19', 'CGROUP_STORAGE REUSEPORT_SOCKARRAY'],
  ['4.20', 'PERCPU_CGROUP_STORAGE QUEUE STACK'],
  ['5.2', 'SK_STORAGE'],
  ['5.4', 'DEVMAP_HASH'],
  ['5.6', 'STRUCT_OPS'],
  ['5.8', 'RINGBUF'],
  ['5.10', 'INODE_STORAGE'],
  ['5.11', 'TASK_STORAGE'],
  ['5.16', 'BLOOM_FILTER'],
  ['6.1', 'USER_RINGBUF'],
  ['6.2', 'CGRP_STORAGE'],
  ['6.9', 'ARENA'],
];

/** By number; numbers begin at 1 and follow the order of arrival, as those of helpers do. */
export const mapTypeFeatures: ReadonlyMap<number, Feature> = new Map(
  mapTypes
    .flatMap(([since, names]) =>
      names.split(' ').map((name) => ({ since, constant: `BPF_MAP_TYPE_${name}` })),
    )
    .map((feature, index) => [index + 1, feature]),
);

export const helperFeatures: ReadonlyMap<number, Feature> = new Map(
  [...helpers].map(([id, { name, since }]) => [id, { since, constant: `BPF_FUNC_${name}` }]),
);

const tracing = { since: '5.5', constant: 'BPF_PROG_TYPE_TRACING', commit: 'fec56f5890d9' };
const kprobe = { since: '4.1', constant: 'BPF_PROG_TYPE_KPROBE', commit: '2541517c32be' };
const rawTracepoint = { since: '4.17', constant: 'BPF_PROG_TYPE_RAW_TRACEPOINT', commit: 'c4f6699dfcb8' };
const tracepoint = { since: '4.7', constant: 'BPF_PROG_TYPE_TRACEPOINT', commit: '98b5c2c65c29' };
const manyKprobes = { since: '5.18', constant: 'BPF_TRACE_KPROBE_MULTI', commit: '0dcac2725406' };
const manyUprobes = { since: '6.6', constant: 'BPF_TRACE_UPROBE_MULTI', commit: '89ae89f53d20' };

/** By the first part of the section's name, which is how libbpf tells a program's type. */
export const programTypes: ReadonlyMap<string, Feature & { readonly commit: string }> = new Map([
  ['kprobe', kprobe],
  ['kretprobe', kprobe],
  ['uprobe', kprobe],
  ['uretprobe', kprobe],
  ['ksyscall', kprobe],
  ['kretsyscall', kprobe],
  ['usdt', kprobe],
  ['kprobe.multi', manyKprobes],
  ['kretprobe.multi', manyKprobes],
  ['uprobe.multi', manyUprobes],
  ['uretprobe.multi', manyUprobes],
  ['tp', tracepoint],
  ['tracepoint', tracepoint],
  ['raw_tp', rawTracepoint],
  ['raw_tracepoint', rawTracepoint],
  ['raw_tp.w', { since: '5.2', constant: 'BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE', commit: '9df1c28bb752' }],
  ['perf_event', { since: '4.9', constant: 'BPF_PROG_TYPE_PERF_EVENT', commit: '0515e5999a46' }],
  ['tp_btf', { ...tracing, constant: 'BPF_TRACE_RAW_TP', commit: '9e15db66136a' }],
  ['fentry', { ...tracing, constant: 'BPF_TRACE_FENTRY' }],
  ['fexit', { ...tracing, constant: 'BPF_TRACE_FEXIT' }],
  ['fmod_ret', { since: '5.7', constant: 'BPF_MODIFY_RETURN', commit: 'ae24082331d9' }],
  ['freplace', { since: '5.6', constant: 'BPF_PROG_TYPE_EXT', commit: 'be8704ff07d2' }],
  ['lsm', { since: '5.7', constant: 'BPF_PROG_TYPE_LSM', commit: 'fc611f47f218' }],
  ['lsm_cgroup', { since: '6.0', constant: 'BPF_LSM_CGROUP', commit: '69fd337a975c' }],
  ['iter', { since: '5.8', constant: 'BPF_TRACE_ITER', commit: '15d83c4d7cef' }],
  ['struct_ops', { since: '5.6', constant: 'BPF_PROG_TYPE_STRUCT_OPS', commit: '27ae7997a661' }],
  ['syscall', { since: '5.14', constant: 'BPF_PROG_TYPE_SYSCALL', commit: '79a7f8bdb159' }],
]);
