import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './error.js';
import { stormPrograms, stormSources } from './paths.js';

/** BPF needs clang; any version that the builder takes will do. */
const clangs = ['clang', ...[22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11].map((one) => `clang-${one}`)];

/** Compiles what is missing or older than its source. In a VM everything is there, and no compiler. */
export function compileStorms(): void {
  mkdirSync(stormPrograms, { recursive: true });
  const header = join(stormSources, 'storm.h');
  for (const name of readdirSync(stormSources).filter((file) => file.endsWith('.c'))) {
    const source = join(stormSources, name);
    const output = join(
      stormPrograms,
      name.endsWith('.bpf.c') ? name.replace(/c$/, 'o') : name.replace(/\.c$/, ''),
    );
    if (isNewer(output, source) && isNewer(output, header)) continue;
    if (name.endsWith('.bpf.c')) compile(clangs, ['-O2', '--target=bpf', '-c', '-o', output, source]);
    else compile(['cc', 'gcc', ...clangs], ['-O2', '-Wall', '-o', output, source]);
  }
}

function isNewer(output: string, source: string): boolean {
  return existsSync(output) && statSync(output).mtimeMs >= statSync(source).mtimeMs;
}

function compile(compilers: readonly string[], args: readonly string[]): void {
  for (const compiler of compilers) {
    const { error, status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
    if (error !== undefined) continue;
    if (status === 0) return;
    throw new BenchError(`${compiler} ${args.join(' ')} failed:\n${stderr}`);
  }
  throw new BenchError(`none of ${compilers.join(', ')} is installed; apt-get install gcc clang`);
}
