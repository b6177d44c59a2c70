#!/usr/bin/env node
/* Process 1 of the machine that check-in-vm.ts boots: mounts what it needs, tells what it found, powers off. */
import { mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { TraceeError } from 'tracee/errors';
import { callKernel } from 'tracee/libbpf';
import { checkLoads } from 'tracee/load-check';
import type { GuestAnswer } from './answer.js';

/** Of x86-64 and arm64: include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl. */
const calls = process.arch === 'x64' ? { mount: 165, reboot: 169 } : { mount: 40, reboot: 142 };

/** include/uapi/linux/reboot.h */
const reboot = { magic1: 0xfee1_deadn, magic2: 0x2812_1969n, powerOff: 0x4321_fedcn } as const;

function mount(type: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  callKernel(calls.mount, type, directory, type);
}

function answer(): GuestAnswer {
  try {
    mount('proc', '/proc');
    mount('sysfs', '/sys');
    mount('tracefs', '/sys/kernel/tracing');
    mount('securityfs', '/sys/kernel/security');
    return { report: checkLoads(readFileSync('/tracee/object.o')) };
  } catch (error) {
    if (error instanceof TraceeError) return { error: { code: error.code, message: error.message } };
    return {
      error: {
        code: 'VM_FAILED',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      },
    };
  }
}

const port = openSync('/dev/ttyS1', 'w');
const bytes = Buffer.from(`${JSON.stringify(answer())}\n`);
for (let written = 0; written < bytes.length;) written += writeSync(port, bytes, written);
callKernel(calls.reboot, reboot.magic1, reboot.magic2, reboot.powerOff);
