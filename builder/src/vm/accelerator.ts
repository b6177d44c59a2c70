import { accessSync, constants, readFileSync } from 'node:fs';

/** How qemu runs a machine of this one's architecture, and what its kernel must be told for it. */
export interface Accelerator {
  readonly options: readonly string[];
  readonly kernelArguments: readonly string[];
}

/**
 * KVM where this user may use it and the processor really has it, else emulation. An emulated processor is
 * chosen for what costs little to emulate: page tables of four levels and no AVX (hence not `max`), and no
 * fast string instructions, which emulation takes one element at a time while the verifier copies its states
 * by them: without ERMS (not in this model) and REP_GOOD (feature 3 * 32 + 16, set by the kernel itself) the
 * kernel copies by plain moves, and loads programs twice as fast. `no_timer_check`: on a busy machine the
 * emulated timer ticks too late for the kernel's check of it, which panics ("IO-APIC + timer doesn't work").
 */
export function findAccelerator(): Accelerator {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    if (/^flags\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'))) {
      return { options: ['-accel', 'kvm', '-cpu', 'host'], kernelArguments: [] };
    }
  } catch {
    // No such device, or not for this user.
  }
  return {
    options: ['-accel', 'tcg,thread=multi', '-cpu', 'Nehalem'],
    kernelArguments: ['clearcpuid=112', 'no_timer_check'],
  };
}
