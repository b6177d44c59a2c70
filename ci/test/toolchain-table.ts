import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../runtime/src/artifact/index.js';
import type { LoadReport } from '../../runtime/src/tracing/load-check.js';
import type { FetchedKernel } from '../vm/dist/fetch.js';
import { root } from './repository.js';

export const cpus = ['v1', 'v2', 'v3'] as const;

/** What a compiler made for a kernel, or why the builder published nothing. */
export interface Entry {
  readonly kernel: string;
  /** `14.0.6` */
  readonly clang: string;
  readonly cpu: (typeof cpus)[number];
  readonly file?: string;
  readonly refusal?: string;
  readonly sizeBytes?: number;
  readonly largestProgram?: number;
  readonly has32BitJumps?: boolean;
}

/** Builds in `directory`, with the compiler that `env` names. */
export function buildEntry(
  name: string,
  kernel: FetchedKernel,
  { major, env, cpu }: { major: number; env: Record<string, string>; cpu: Entry['cpu'] },
  directory: string,
): Entry {
  const output = join(directory, name, `clang-${major}-${cpu}`);
  mkdirSync(output, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[join(root, 'builder/dist/cli/main.js'), 'build', '--kernel', kernel.release, '--mcpu', cpu],
      ...['--headers', `${kernel.buildDir}:${kernel.sourceDir}`, '--output', output],
    ],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  if (status !== 0) return { kernel: name, clang: String(major), cpu, refusal: stderr.trim() };
  const file = `${output}.o`;
  copyFileSync(stdout.trim(), file);
  const bytes = readFileSync(file);
  const { toolchain, requirements } = readManifest(bytes, file);
  if (toolchain.mcpu !== cpu) throw new Error(`${file} says it is for ${toolchain.mcpu}`);
  return {
    ...{ kernel: name, clang: toolchain.clang, cpu, file, sizeBytes: bytes.length },
    ...{ largestProgram: requirements.largestProgram, has32BitJumps: requirements.jmp32 },
  };
}

/** `debian-5.10  clang 14.0.6  v2  19 of 19 load`, and what the kernel says of those that do not. */
export function describeEntry({ kernel, clang, cpu, refusal, ...facts }: Entry, report?: LoadReport): string {
  const start = `${kernel.padEnd(11)}  clang ${clang.padEnd(7)}  ${cpu}`;
  if (refusal !== undefined) return `${start}  refused by the builder: ${refusal.split('\n').at(-1)}`;
  const size = `${facts.sizeBytes} bytes, largest program ${facts.largestProgram}`;
  if (report === undefined) return `${start}  ${size}`;
  const loaded = report.programs.filter(({ outcome }) => outcome === 'loaded');
  const others = report.programs.filter(({ outcome }) => outcome !== 'loaded');
  const most = Math.max(...loaded.map(({ verifiedInstructions = 0 }) => verifiedInstructions));
  return [
    `${start}  ${loaded.length} of ${report.programs.length} load, ${size}, ${most} verified at most`,
    ...others.map(({ name, outcome, reason }) => `  ${name}: ${outcome}: ${reason}`),
  ].join('\n');
}
