import { kernelVersion } from '../check/kernel-version.js';
import { loopRule } from '../check/rules.js';
import type { Architecture, TypeSource } from 'tracee/artifact';

/**
 * Given in every build (`-mcpu=`): v2 is what every supported kernel loads (v3's 32-bit jumps need 5.1, and LLVM 20 made
 * v3 its default).
 */
export const defaultCpu: Cpu = 'v2';

/** Instruction sets of BPF, as `-mcpu=` names them. */
export type Cpu = 'v1' | 'v2' | 'v3';

/** libbpf's word for the architecture whose registers the programs see. */
export function targetDefine(arch: Architecture): string {
  return `-D__TARGET_ARCH_${arch === 'x86_64' ? 'x86' : 'arm64'}`;
}

export function typesDefine(types: TypeSource): string {
  return `-DTRACEE_TYPES_${types.toUpperCase()}=1`;
}

/**
 * Types for BTF; lines of a function itself, and for what was inlined into it the line that called it: that is what
 * the verifier's log shows then, and half of what compiling takes is saved with what nobody else reads.
 */
export const debugFlags = ['-g', '-gno-inline-line-tables'];

/** Nothing of the machine in the object: equal inputs give equal bytes. Later mappings win, so the most specific is last. */
export function reproducible(roots: readonly (readonly [path: string, name: string])[]): string[] {
  const specificLast = roots.toSorted(([a], [b]) => a.length - b.length);
  return [
    '-fno-ident',
    '-fdebug-compilation-dir',
    '.',
    ...specificLast.flatMap(([path, name]) => [
      `-fdebug-prefix-map=${path}=${name}`,
      `-fmacro-prefix-map=${path}=${name}`,
    ]),
  ];
}

/** Kernels that refuse loops need every `#pragma unroll` obeyed; elsewhere clang only warns where it cannot. */
export function loopFlags(release: string): string[] {
  return kernelVersion(release) < kernelVersion(loopRule.since) ? ['-Werror=pass-failed'] : [];
}

/** Of our own files; kernel headers have their own, which are switched off below. */
export const warnings = ['-Wall', '-Wunused', '-Wno-unknown-warning-option'];

/** Kernel headers compiled by another compiler than the kernel's own, by kernel and reason. */
export const kernelHeaderFlags = [
  '-D__KERNEL__',
  '-D__BPF_TRACING__',
  '-DKBUILD_MODNAME="tracee"',
  // 7.2 on x86 asks for it outside of its own build (arch/x86/include/asm/ftrace.h).
  '-DCC_USING_FENTRY',
  // 6.19 and later embed structures as Microsoft's extension allows.
  '-fms-extensions',
  '-fno-stack-protector',
  '-fno-jump-tables',
  '-fno-unwind-tables',
  '-fno-asynchronous-unwind-tables',
  '-Wno-microsoft-anon-tag',
  '-Wno-address-of-packed-member',
  '-Wno-compare-distinct-pointer-types',
  '-Wno-gnu-variable-sized-type-not-at-end',
  '-Wno-pointer-sign',
  '-Wno-unused-value',
  '-Wno-frame-address',
  '-Wno-duplicate-decl-specifier',
  '-Wno-unused-variable',
  '-Wno-unused-function',
];
