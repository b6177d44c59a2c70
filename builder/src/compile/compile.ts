import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import lt from 'semver/functions/lt.js';
import type { HeaderTree, TypeOrigin } from '../kernel/headers.js';
import { kernelArchDirectory, type TargetKernel } from '../kernel/release.js';
import { layoutFile, mainFile, type Sources } from '../sources.js';
import type { Toolchain } from '../toolchain/clang.js';
import type { LibbpfHeaders } from '../toolchain/libbpf-headers.js';
import { assumeVersion } from './assumed-version.js';
import { compileError } from './clang-errors.js';
import {
  debugFlags,
  defaultCpu,
  kernelHeaderFlags,
  loopFlags,
  reproducible,
  targetDefine,
  typesDefine,
  warnings,
  type Cpu,
} from './flags.js';
import {
  includeDirectories,
  readDependencies,
  viewOf,
  type HeaderView,
  type ReadHeader,
} from './header-view.js';
import { dumpTypes } from './vmlinux-header.js';
import { thisMachine, type Workplace } from './workplace.js';

export interface CompileJob {
  kernel: TargetKernel;
  origin: TypeOrigin;
  sources: Sources;
  toolchain: Toolchain;
  libbpf: LibbpfHeaders;
  /** Where the tools run; this machine where it is missing. */
  workplace?: Workplace | undefined;
  /**
   * For tests: compile as if the headers were of this version, such as `4.18`. Their layouts stay what they
   * are, so the object is of no use on a kernel; its release says so.
   */
  assumedVersion?: string | undefined;
  /** For tests: another instruction set than the one that every kernel loads. */
  cpu?: Cpu | undefined;
  /** Private and empty; everything is written below it. */
  workDirectory: string;
  signal: AbortSignal;
}

/** What came out of the compiler. */
export interface Compiled {
  /** Path of the object, stripped of debug information, BTF kept. */
  object: string;
  /** Kernel headers that were read, by their name in the tree; empty where no tree was used. */
  headers: ReadHeader[];
  /** Path of `layout.c` compiled with the same headers; missing where none were used. */
  layoutProbe?: string;
}

/** What the kernel's own build includes before anything else. */
const preincluded = 'linux/kconfig.h';

/** Compiles the BPF sources. Throws `COMPILE_FAILED`. */
export async function compile(job: CompileJob): Promise<Compiled> {
  const include = await makeIncludeDirectory(job);
  const object = join(job.workDirectory, 'tracee.o');
  const compiled =
    job.origin.types === 'headers'
      ? await compileWithHeaders(job, job.origin.tree, include, object)
      : await compileWithBtf(job, include, object);
  await run(job, job.toolchain.strip.path, ['-g', object]);
  await workplaceOf(job).fetch([object]);
  return compiled;
}

async function makeIncludeDirectory(job: CompileJob): Promise<string> {
  const include = join(job.workDirectory, 'include');
  await mkdir(include);
  // Only libbpf's headers, not the rest of the directory that they lie in.
  await symlink(job.libbpf.directory, join(include, 'bpf'));
  return include;
}

/** Where the job's tools run. */
export function workplaceOf({ workplace = thisMachine }: Pick<CompileJob, 'workplace'>): Workplace {
  return workplace;
}

async function compileWithHeaders(
  job: CompileJob,
  tree: HeaderTree,
  include: string,
  object: string,
): Promise<Compiled> {
  const view = await viewOf(tree, job.workDirectory);
  if (job.assumedVersion !== undefined) await assumeVersion(include, job.assumedVersion, view.source);
  const archDirectory = kernelArchDirectory(job.kernel.arch);
  await workplaceOf(job).bring({
    sources: [mainFile, layoutFile].map((name) => join(job.sources.directory, name)),
    directories: [job.sources.directory, include, ...includeDirectories(view, archDirectory)],
    preincluded: [preincluded],
    roots: {
      work: job.workDirectory,
      sources: job.sources.directory,
      headersSource: view.source,
      headersBuild: view.build,
    },
  });
  const dependencies = join(job.workDirectory, 'tracee.d');
  const layoutProbe = join(job.workDirectory, 'layout.o');
  const flags = headerFlags(job, view, include, await findResources(job));
  const makeObject = async (): Promise<ReadHeader[]> => {
    const ir = await toIr(job, [...flags, '-MD', '-MF', dependencies], mainFile, object);
    await workplaceOf(job).fetch([dependencies]);
    // A thousand files, read while the second step runs.
    const reading = readFile(dependencies, 'utf8').then((rule) => readDependencies(rule, view));
    await all([reading, toBpf(job, ir, object)]);
    return reading;
  };
  const making = makeObject();
  await all([making, toIr(job, flags, layoutFile, layoutProbe).then((ir) => toBpf(job, ir, layoutProbe))]);
  await workplaceOf(job).fetch([layoutProbe]);
  return { object, headers: await making, layoutProbe };
}

/**
 * The headers of a tree that the sources and what is compiled beside them read, by their names in the tree.
 * Nothing but the preprocessor runs. Throws `COMPILE_FAILED`.
 */
export async function headerClosure(job: CompileJob, tree: HeaderTree): Promise<ReadHeader[]> {
  const include = await makeIncludeDirectory(job);
  const view = await viewOf(tree, job.workDirectory);
  const flags = headerFlags(job, view, include, await findResources(job));
  const closures = [mainFile, layoutFile].map(async (source) => {
    const from = join(job.sources.directory, source);
    return readDependencies(await run(job, job.toolchain.clang.path, [...flags, '-M', from]), view);
  });
  await all(closures);
  return (await Promise.all(closures)).flat();
}

/** Waits for the others when one fails: they write to a directory that is removed then. */
async function all(work: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

/** Front end for the kernel's own architecture, whose inline assembly only it understands. Returns a path. */
async function toIr(job: CompileJob, flags: string[], source: string, object: string): Promise<string> {
  const { clang } = job.toolchain;
  const from = join(job.sources.directory, source);
  const isRetargeted = !lt(clang.version, firstToCompareLayouts);
  const ir = `${object}.${isRetargeted ? 'll' : 'bc'}`;
  await run(job, clang.path, [...flags, isRetargeted ? '-S' : '-c', '-emit-llvm', '-o', ir, from]);
  if (isRetargeted) await retarget(job, ir);
  return ir;
}

async function toBpf(job: CompileJob, ir: string, object: string): Promise<void> {
  const { clang, llc } = job.toolchain;
  const cpu = `-mcpu=${job.cpu ?? defaultCpu}`;
  if (llc === undefined) {
    await run(job, clang.path, ['-x', 'ir', '--target=bpf', cpu, '-O2', '-c', ir, '-o', object]);
  } else {
    // What clang made a moment ago is not verified again.
    await run(job, llc.path, ['-march=bpf', cpu, '-disable-verify', '-filetype=obj', ir, '-o', object]);
  }
}

/** From here on LLVM takes no module that was made for the memory of another target. */
const firstToCompareLayouts = '23.0.0';

/** What LLVM itself writes for `--target=bpf`. */
const bpfTarget = [
  'target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"',
  'target triple = "bpf"',
] as const;

/** Says in the text of a module that it is for BPF: both are little-endian, with pointers of 64 bits. */
async function retarget(job: CompileJob, ir: string): Promise<void> {
  await workplaceOf(job).fetch([ir]);
  const text = await readFile(ir, 'utf8');
  const [layout, triple] = bpfTarget;
  await writeFile(
    ir,
    text.replace(/^target datalayout = .*$/m, layout).replace(/^target triple = .*$/m, triple),
  );
  await workplaceOf(job).send([ir]);
}

/** Where clang's own headers lie, in its `include`. */
async function findResources(job: CompileJob): Promise<string> {
  return (await run(job, job.toolchain.clang.path, ['-print-resource-dir'])).trim();
}

function headerFlags(job: CompileJob, view: HeaderView, include: string, resources: string): string[] {
  return [
    `--target=${job.kernel.arch}-linux-gnu`,
    ...common(job, include),
    ...warnings,
    ...kernelHeaderFlags,
    ...loopFlags(job.kernel.release),
    ...(job.kernel.arch === 'x86_64' ? ['-fcf-protection'] : []),
    ...includeDirectories(view, kernelArchDirectory(job.kernel.arch)).map((directory) => `-I${directory}`),
    '-isystem',
    join(resources, 'include'),
    '-include',
    preincluded,
    ...reproducible([
      ...commonRoots(job, include),
      [resources, 'clang'],
      [view.source, 'kernel'],
      [view.build, view.build === view.source ? 'kernel' : 'kernel-build'],
    ]),
  ];
}

async function compileWithBtf(job: CompileJob, include: string, object: string): Promise<Compiled> {
  if (job.origin.types === 'btf') {
    await writeFile(join(include, 'vmlinux.h'), await dumpTypes(job.origin.path));
  }
  await workplaceOf(job).bring({
    sources: [join(job.sources.directory, mainFile)],
    directories: [job.sources.directory, include],
    preincluded: [],
    roots: { work: job.workDirectory, sources: job.sources.directory },
  });
  await run(job, job.toolchain.clang.path, [
    '--target=bpf',
    `-mcpu=${job.cpu ?? defaultCpu}`,
    ...common(job, include),
    ...warnings,
    // Of ours: here no header of a kernel is in the way, which have macros of their own (SCOPE_ALL on arm64).
    '-Werror=macro-redefined',
    // A dumped header declares functions' prototypes and enums that no program uses.
    '-Wno-missing-declarations',
    ...reproducible(commonRoots(job, include)),
    ...['-c', '-o', object, join(job.sources.directory, mainFile)],
  ]);
  return { object, headers: [] };
}

function common(job: CompileJob, include: string): string[] {
  return [
    ...debugFlags,
    ...['-O2', '-nostdinc', '-xc'],
    typesDefine(job.origin.types),
    targetDefine(job.kernel.arch),
    `-I${job.sources.directory}`,
    `-I${include}`,
  ];
}

function commonRoots(job: CompileJob, include: string): [path: string, name: string][] {
  return [
    [job.sources.directory, 'bpf'],
    [include, 'include'],
    [job.libbpf.directory, 'libbpf'],
    [job.workDirectory, 'work'],
  ];
}

async function run(job: CompileJob, program: string, args: string[]): Promise<string> {
  const { failed, stdout, stderr } = await workplaceOf(job).run(program, args, job.signal, job.workDirectory);
  if (failed) throw compileError(program, stderr);
  return stdout;
}
