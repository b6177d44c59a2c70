import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const preamble = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
`;

export interface CompileOptions {
  mcpu?: 'v2' | 'v3';
  flags?: readonly string[];
}

/** Compiles a few lines of BPF C as the builder does with a portable object. Throws with clang's words. */
export function compileProgram(source: string, { mcpu = 'v2', flags = [] }: CompileOptions = {}): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-check-'));
  try {
    const file = join(directory, 'program.c');
    writeFileSync(file, `${preamble}${source}\nchar LICENSE[] SEC("license") = "GPL";\n`);
    execFileSync(
      findClang(),
      [
        ...['--target=bpf', `-mcpu=${mcpu}`, '-O2', '-g', `-I${findArchHeaders()}`, ...flags],
        ...['-c', file, '-o', join(directory, 'program.o')],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    return readFileSync(join(directory, 'program.o'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** `asm/types.h`, which distributions keep apart by architecture. */
function findArchHeaders(): string {
  return `/usr/include/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`;
}

function findClang(): string {
  const names = ['clang', 'clang-14', 'clang-16', 'clang-19'];
  const found = names.find((name) => spawnSync(name, ['--version']).status === 0);
  if (found === undefined) throw new Error('These tests compile small BPF programs and need clang');
  return found;
}
