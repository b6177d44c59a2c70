import { readFileSync } from 'node:fs';

/** include/uapi/linux/capability.h: those that something here is about. */
const numbers = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_KILL: 5,
  CAP_SETPCAP: 8,
  CAP_IPC_LOCK: 14,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
export type Capability = keyof typeof numbers;

/** What the kernel says of a process or thread: masks, with bit n for capability n. */
export interface CapabilitySets {
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly ambient: bigint;
}

/** The masks in the text of a `/proc/…/status`; a line that is not there counts as none. */
export function parseCapabilities(status: string): CapabilitySets {
  const mask = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  return {
    inheritable: mask('CapInh'),
    permitted: mask('CapPrm'),
    effective: mask('CapEff'),
    bounding: mask('CapBnd'),
    ambient: mask('CapAmb'),
  };
}

/** Effective capabilities of this process. */
export function effectiveCapabilities(): bigint {
  return parseCapabilities(readFileSync('/proc/self/status', 'latin1')).effective;
}

export function hasCapability(mask: bigint, capability: Capability): boolean {
  return (mask & maskOf([capability])) !== 0n;
}

export function maskOf(capabilities: readonly Capability[]): bigint {
  return capabilities.reduce((mask, capability) => mask | (1n << BigInt(numbers[capability])), 0n);
}

/** `CAP_BPF`, `CAP_PERFMON` -> `--cap-add BPF --cap-add PERFMON`, as engines of containers take it. */
export function capAddWords(capabilities: readonly Capability[]): string {
  return capabilities.map((capability) => `--cap-add ${capability.replace('CAP_', '')}`).join(' ');
}
