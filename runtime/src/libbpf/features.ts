import { capture } from './log.js';
import { libbpf } from './native.js';

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
