import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../runtime/src/artifact/index.js';
import type { LoadReport } from '../../runtime/src/tracing/load-check.js';
import type { FetchedKernel } from '../vm/dist/fetch.js';
import { root } from './repository.js';

export const cpus = ['v1', 'v2', 'v3'] as const;

/** What a compiler made for a kernel. */
export interface Entry {
  readonly kernel: string;
  /** `14.0.6` */
  readonly clang: string;
  readonly cpu: (typeof cpus)[number];
  /** Also there when the builder refused: what the kernel says of it shows whether it was right. */
  readonly file: string;
  readonly refusal?: Refusal;
  readonly sizeBytes: number;
  readonly largestProgram: number;
  readonly has32BitJumps: boolean;
}

/** Why the builder published nothing, and the programs that it says the kernel would not load. */
interface Refusal {
  readonly reason: string;
  readonly programs: readonly string[];
}

/** Of no kernel yet: whatever the static check knows to come with some version is there. */
const laterKernel = '99.0.0';

/** Builds in `directory`, with the compiler that `env` names. */
export function buildEntry(
  name: string,
  kernel: FetchedKernel,
  { major, env, cpu }: { major: number; env: Record<string, string>; cpu: Entry['cpu'] },
  directory: string,
): Entry {
  const output = join(directory, name, `clang-${major}-${cpu}`);
  mkdirSync(output, { recursive: true });
  const build = (...target: string[]): SpawnSyncReturns<string> =>
    spawnSync(
      process.execPath,
      [
        ...[join(root, 'builder/dist/cli/main.js'), 'build', '--mcpu', cpu, ...target],
        ...['--headers', `${kernel.buildDir}:${kernel.sourceDir}`, '--output', output],
      ],
      { encoding: 'utf8', env: { ...process.env, ...env } },
    );
  let built = build('--kernel', kernel.release);
  const refusal = built.status === 0 ? undefined : readRefusal(built.stderr);
  // The same code, compiled from the same headers, and let through.
  if (refusal !== undefined) built = build('--kernel', laterKernel, '--allow-mismatch');
  if (built.status !== 0) throw new Error(`clang ${major} ${cpu} for ${name}: ${built.stderr}`);
  const file = `${output}.o`;
  copyFileSync(built.stdout.trim(), file);
  const bytes = readFileSync(file);
  const { toolchain, requirements } = readManifest(bytes, file);
  if (toolchain.mcpu !== cpu) throw new Error(`${file} says it is for ${toolchain.mcpu}`);
  return {
    ...{ kernel: name, clang: toolchain.clang, cpu, file, sizeBytes: bytes.length },
    ...{ largestProgram: requirements.largestProgram, has32BitJumps: requirements.jmp32 },
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** `  raw_tp__sys_enter has 32-bit jumps, which …`, a line for each program that is lost. */
function readRefusal(stderr: string): Refusal {
  if (!stderr.includes('would not load programs that it cannot do without')) throw new Error(stderr);
  const lines = stderr.split('\n').flatMap((line) => /^ {2}(\w+__\w+) (.*)$/.exec(line)?.slice(1, 3) ?? []);
  const programs = lines.filter((_one, index) => index % 2 === 0);
  if (programs.length === 0) throw new Error(stderr);
  return { reason: lines[1] ?? '', programs: [...new Set(programs)] };
}

/** `debian-5.10  clang 14.0.6  v2  built  19 of 19 load`, and what the kernel says of those that do not. */
export function describeEntry({ kernel, clang, cpu, refusal, ...facts }: Entry, report?: LoadReport): string {
  const verdict =
    refusal === undefined ? 'built' : `refused (${refusal.programs.length} programs: ${refusal.reason})`;
  const start = `${kernel.padEnd(11)}  clang ${clang.padEnd(7)}  ${cpu}  ${verdict}`;
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
