import { readFileSync } from 'node:fs';
import { TraceeError } from '../errors.js';
import { compareReleases } from './kernel.js';

/** include/uapi/linux/capability.h */
const numbers = { CAP_SYS_ADMIN: 21, CAP_SYS_RESOURCE: 24, CAP_PERFMON: 38, CAP_BPF: 39 } as const;
export type Capability = keyof typeof numbers;

/** Effective capabilities of this process, as the bit mask of `/proc/self/status`. */
export function effectiveCapabilities(status = readFileSync('/proc/self/status', 'utf8')): bigint {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return BigInt(`0x${hex ?? '0'}`);
}

/** Capabilities that tracing on this kernel needs and `effective` lacks. */
export function missingCapabilities(kernelRelease: string, effective: bigint): Capability[] {
  const has = (capability: Capability): boolean => ((effective >> BigInt(numbers[capability])) & 1n) === 1n;
  if (has('CAP_SYS_ADMIN')) return [];
  /* CAP_BPF and CAP_PERFMON were split off CAP_SYS_ADMIN in 5.8 (2c78ee898d8f). */
  if (compareReleases(kernelRelease, '5.8') < 0) return ['CAP_SYS_ADMIN'];
  const needed: Capability[] = ['CAP_BPF', 'CAP_PERFMON'];
  /* Maps were charged to RLIMIT_MEMLOCK until 5.11 (d5299b67dd59). */
  if (compareReleases(kernelRelease, '5.11') < 0) needed.push('CAP_SYS_RESOURCE');
  return needed.filter((capability) => !has(capability));
}

/** Throws PRIVILEGES_MISSING that names exactly what is missing. */
export function requireCapabilities(
  kernelRelease: string,
  effective = effectiveCapabilities(),
  { doing = 'tracing', program = 'tracee' } = {},
): void {
  const missing = missingCapabilities(kernelRelease, effective);
  if (missing.length === 0) return;
  const words = missing.map((name) => name.replace('CAP_', ''));
  throw new TraceeError(
    'PRIVILEGES_MISSING',
    `${doing} needs ${missing.join(' and ')}, which this process lacks`,
    {
      hint: `run as root (sudo ${program} …), or in a container with ${words.map((word) => `--cap-add ${word}`).join(' ')}`,
    },
  );
}
