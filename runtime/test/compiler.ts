import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What small BPF programs need before anything else: the kernel's integer types and libbpf's helpers, with
 * no kernel header in between, since those are not on every machine's default path for BPF.
 */
const prelude = `
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed int __s32;
typedef signed long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
`;

const bpfPrelude = `${prelude}
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "Dual BSD/GPL";
`;

/** Compiles a BPF object in memory; needs clang and libbpf's headers. */
export function compileBpf(source: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-test-'));
  try {
    const file = join(directory, 'object.o');
    const outcome = clang(
      ['--target=bpf', '-mcpu=v2', '-g', '-O2', '-Wall', '-Werror', '-c', '-o', file],
      bpfPrelude + source,
    );
    if (outcome.status !== 0) throw new Error(outcome.stderr);
    return readFileSync(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Compiles C for BPF as far as its meaning, static assertions included; the compiler's words are in `stderr`. */
export function checkC(source: string): { isAccepted: boolean; stderr: string } {
  const { status, stderr } = clang(['--target=bpf', '-fsyntax-only'], prelude + source);
  return { isAccepted: status === 0, stderr };
}

/** The same for a header that brings its own types. */
export function checkHeader(source: string): { isAccepted: boolean; stderr: string } {
  const { status, stderr } = clang(['--target=bpf', '-fsyntax-only'], source);
  return { isAccepted: status === 0, stderr };
}

function clang(args: readonly string[], source: string): SpawnSyncReturns<string> {
  return spawnSync(findClang(), [...args, '-x', 'c', '-'], { input: source, encoding: 'utf8' });
}

let found: string | undefined;

/** Distributions install clang with or without the version in its name. */
function findClang(): string {
  const versions = Array.from({ length: 14 }, (_, index) => `clang-${index + 9}`);
  found ??= ['clang', ...versions].find((name) => spawnSync(name, ['--version']).status === 0);
  if (found === undefined) throw new Error('these tests compile small C programs and need clang');
  return found;
}
