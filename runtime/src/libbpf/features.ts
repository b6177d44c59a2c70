import { capture } from './log.js';
import { libbpf, libc } from './native.js';

/** `BPF_MAP_TYPE_*` */
export const mapTypes = { array: 2, ringBuffer: 27 } as const;

/** Whether the kernel can create such maps. Asks the kernel, since distributions backport them. */
export function isMapTypeSupported(type: number): boolean {
  return capture(() => Number(libbpf('libbpf_probe_bpf_map_type')(type, null))).result === 1;
}

/** Whether the kernel can load programs of this `BPF_PROG_TYPE_*`. */
export function isProgramTypeSupported(type: number): boolean {
  return capture(() => Number(libbpf('libbpf_probe_bpf_prog_type')(type, null))).result === 1;
}

/** `BPF_TRACE_*` of programs that stand on a type of the kernel's BTF. */
export const tracingTypes = { tracepoint: 23, functionEntry: 24 } as const;

/** `BPF_PROG_TYPE_TRACING` */
const tracing = 26;

/** Instructions `r0 = 0; exit`. */
const nothing = Buffer.from('b7000000000000009500000000000000', 'hex');

/** `struct bpf_prog_load_opts` up to attach_btf_obj_fd. */
const loadOptionsSize = 48;

/**
 * Loads a program that does nothing, for a function or tracepoint of the kernel by its number in the kernel's BTF,
 * and lets it go again. Gives the error number of a refusal, 0 for none.
 */
export function tryTracing(type: number, btfId: number): number {
  const options = Buffer.alloc(loadOptionsSize);
  options.writeBigUInt64LE(BigInt(loadOptionsSize));
  options.writeUInt32LE(type, 12);
  options.writeUInt32LE(btfId, 32);
  const { result } = capture(() =>
    Number(libbpf('bpf_prog_load')(tracing, 'probe', 'GPL', nothing, nothing.length / 8, options)),
  );
  if (result < 0) return -result;
  libc('close')(result);
  return 0;
}
