import type { ToolchainWishes } from '../toolchain/clang.js';

/** A variable's value. make exports variables that are not set as empty ones. */
export function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

export function toolchainWishes(env: NodeJS.ProcessEnv): ToolchainWishes {
  return {
    clang: named(env['CLANG']),
    llc: named(env['LLC']),
    strip: named(env['LLVM_STRIP']),
    objcopy: named(env['LLVM_OBJCOPY']),
    searchPath: env['PATH'] ?? '',
  };
}
