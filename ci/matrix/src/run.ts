import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelTable } from '../../vm/dist/kernels.js';
import { runInVm } from '../../vm/dist/run.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import { guestScript, prepareGuest, type PreparedVariant } from './guest.js';
import { buildObject, releaseOf } from './objects.js';
import { endedVariants, readResults, type Result } from './results.js';
import { variantsFor, type ObjectKind, type Variant } from './variants.js';

/** What to run. */
export interface MatrixOptions {
  readonly settings: VmSettings;
  /** Names of rows of the kernel table. */
  readonly kernels: readonly string[];
  /** Names of variants; without it all. */
  readonly variants?: readonly string[];
  /** Only what `make test` has time for. */
  readonly isSuite?: boolean;
  /** Kernels at a time. */
  readonly jobs?: number;
  /** Told what takes a while. */
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * All kernels of the table have trampolines for the functions and system calls that the tests ask for, with
 * one exception: Debian's 5.10 describes execveat as a function without arguments.
 */
function expectedHooks(kernel: string): string {
  return kernel === 'debian-5.10' ? 'trampoline execveat=kprobe' : 'trampoline';
}

/** For a kernel with all its variants: many times what an emulated one takes on a machine with nothing else to do. */
const limitMs = 1_500_000;

/**
 * Runs the tests of test/e2e on each kernel, in one boot, once for each variant. A kernel that cannot be
 * fetched, built for, or booted is a failure among the results, and the others run on.
 */
export async function runMatrix(options: MatrixOptions): Promise<Result[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tracee-matrix-'));
  try {
    const waiting = [...options.kernels];
    const build = makeBuilder(directory, options.settings);
    const results = new Map<string, Result[]>();
    const work = async (): Promise<void> => {
      for (let kernel = waiting.shift(); kernel !== undefined; kernel = waiting.shift()) {
        results.set(kernel, await runKernel(kernel, build, options));
      }
    };
    const jobs = Math.min(options.jobs ?? availableParallelism(), waiting.length);
    await Promise.all(Array.from({ length: jobs }, work));
    return options.kernels.flatMap((kernel) => results.get(kernel) ?? []);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runKernel(kernel: string, build: ObjectBuilder, options: MatrixOptions): Promise<Result[]> {
  const { settings, onProgress, signal } = options;
  const variants = variantsFor(kernel, options.isSuite).filter(
    ({ name }) => options.variants?.includes(name) ?? true,
  );
  onProgress?.(`${kernel}: building objects`);
  const prepared: PreparedVariant[] = [];
  const unbuilt = new Map<string, string>();
  for (const variant of variants) {
    try {
      prepared.push(await prepare(kernel, variant, build, options));
    } catch (error) {
      unbuilt.set(variant.name, messageOf(error));
    }
  }
  let output = '';
  const ended = new Set<string>();
  let trouble: string | undefined;
  const directory = await mkdtemp(join(tmpdir(), 'tracee-guest-'));
  try {
    const { seconds, kernelRelease } = await runInVm({
      settings,
      kernel,
      files: await prepareGuest(directory, prepared),
      command: ['/bin/sh', '-c', guestScript(prepared, expectedHooks(kernel))],
      timeoutMs: limitMs,
      onOutput: (chunk, stream) => {
        if (stream !== 'stdout') return;
        output += chunk.toString('utf8');
        for (const variant of endedVariants(output)) {
          if (!ended.has(variant)) onProgress?.(`${kernel}: done with ${variant}`);
          ended.add(variant);
        }
      },
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    onProgress?.(`${kernel}: ${kernelRelease} was up for ${seconds.toFixed(0)} s`);
  } catch (error) {
    signal?.throwIfAborted();
    trouble = messageOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return variants.flatMap(({ name }) => readResults(kernel, name, output, unbuilt.get(name) ?? trouble));
}

async function prepare(
  kernel: string,
  variant: Variant,
  build: ObjectBuilder,
  { settings, kernels }: MatrixOptions,
): Promise<PreparedVariant> {
  const object = await build(kernel, variant.kind);
  if (variant.kind === 'portable') return { variant, object, foreign: undefined };
  const known = [...kernels, ...kernelTable.map(({ name }) => name)];
  const other = known.find((name) => name !== kernel);
  if (other === undefined) throw new RangeError('the kernel table has one row only');
  const foreign = { object: await build(other, 'headers'), release: await releaseOf(other, settings) };
  return { variant, object, foreign };
}

type ObjectBuilder = (kernel: string, kind: ObjectKind) => Promise<string>;

/** Builds each object once, whoever asks for it. */
function makeBuilder(directory: string, settings: VmSettings): ObjectBuilder {
  const objects = new Map<string, Promise<string>>();
  return (kernel, kind) => {
    const key = `${kernel} ${kind}`;
    const object = objects.get(key) ?? buildObject(kernel, kind, directory, settings);
    objects.set(key, object);
    return object;
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
