import { machine, release } from 'node:os';
import { existsSync } from 'node:fs';
import type { Architecture } from '../artifact/manifest.js';
import { TraceeError } from '../errors.js';

/** Facts of the running kernel that decide what can be loaded. */
export interface Kernel {
  readonly release: string;
  readonly arch: Architecture;
  readonly hasBtf: boolean;
  readonly hasKprobes: boolean;
}

export function runningKernel(): Kernel {
  // Without the manifest's schema, so that what only loads programs needs no parser.
  const arch = machine();
  if (arch !== 'x86_64' && arch !== 'aarch64') {
    throw new TraceeError('KERNEL_UNSUPPORTED', `the architecture ${arch} is not supported`, {
      hint: 'use an x86_64 or aarch64 machine',
    });
  }
  return {
    release: release(),
    arch,
    hasBtf: existsSync('/sys/kernel/btf/vmlinux'),
    hasKprobes:
      existsSync('/sys/bus/event_source/devices/kprobe/type') ||
      existsSync('/sys/kernel/tracing/kprobe_events') ||
      existsSync('/sys/kernel/debug/tracing/kprobe_events'),
  };
}

/** Compares by the leading numbers: `5.10.0-28-amd64` and `5.8` -> positive. */
export function compareReleases(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(release_: string): number[] {
  return (/^[\d.]+/.exec(release_)?.[0] ?? '').split('.').map(Number);
}
