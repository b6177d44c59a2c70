import { Command } from 'commander';
import { manifestSection, readElf, readManifest, type Manifest } from 'tracee/artifact';
import { errorTable, TraceeError } from 'tracee/errors';
import { readKernelNames } from '../check/kernel-interface.js';
import { checkStatically, type ProgramVerdict, type StaticVerdict } from '../check/static-check.js';
import { findHeaders } from '../kernel/headers.js';
import { targetKernel } from '../kernel/release.js';
import { createScratch } from '../scratch.js';
import { cacheDirectory } from './header-options.js';
import { checkByLoading, requireFitting, type CheckedObject, type LoadFlags } from './load-command.js';
import { readObject } from './read-object.js';
import { printJson, printLines, say } from './report.js';

interface CheckFlags extends LoadFlags {
  headers?: string;
}

/** `check FILE`: what a kernel would refuse of an object, found by reading it, or by loading it. */
export function checkCommand(signal: AbortSignal): Command {
  return new Command('check')
    .description(
      'tell which programs of an object a kernel would refuse: by reading it, or by loading it (--load, --vm)',
    )
    .argument('<file>', 'the object')
    .option('--kernel <release>', 'kernel to check for (the one that the object was built for)')
    .option('--headers <directory[:directory]>', 'headers of that kernel, asked for what it has')
    .option('--load', 'have the running kernel load each program, and attach none (needs privileges)')
    .option('--vm', 'boot the kernel in a virtual machine and load each program there (needs qemu)')
    .option('--vmlinuz <file>', 'image of the kernel to boot (the installed one of that release)')
    .option('--kernel-package', 'take the image from the distribution’s package, which is not installed')
    .option('--timeout <seconds>', 'for the virtual machine', '300')
    .option('--json', 'print the verdict as JSON')
    .action(async (file: string, flags: CheckFlags) => {
      requireFitting(flags);
      const bytes = readObject(file);
      const hasManifest = readElf(bytes, file).sections.some(({ name }) => name === manifestSection);
      const manifest = hasManifest ? readManifest(bytes, file) : undefined;
      const object = { file, bytes, manifest };
      if (flags.load === true || flags.vm === true) await checkByLoading(object, flags, signal);
      else checkByReading(object, flags);
    });
}

function checkByReading({ file, bytes, manifest }: CheckedObject, flags: CheckFlags): void {
  const release = flags.kernel ?? manifest?.kernel.release;
  if (release === undefined || release === null) {
    throw new TraceeError('USAGE', `${file} was not built for one kernel: name the one to check for`, {
      hint: `tracee-builder check ${file} --kernel 5.10`,
    });
  }
  const names = findNames(release, manifest, flags);
  const verdict = checkStatically(bytes, file, release, { names });
  if (flags.json === true) printJson(verdict);
  else printLines(describe(verdict, names !== undefined).split('\n'));
  if (!verdict.isServable) process.exitCode = errorTable.OBJECT_INVALID.status;
}

/** The kernel's own list of what it has, if its headers are here: named ones must be, others may. */
function findNames(
  release: string,
  manifest: Manifest | undefined,
  { headers }: CheckFlags,
): ReadonlySet<string> | undefined {
  const named = headers?.split(':').filter((part) => part !== '') ?? [];
  using scratch = createScratch('headers');
  try {
    const origin = findHeaders({
      kernel: targetKernel({ release, arch: manifest?.kernel.arch }),
      directories: named,
      allowMismatch: false,
      ...{ scratch: scratch.path, cache: cacheDirectory(process.env) },
      onMiss: () => undefined,
    });
    return origin.types === 'headers' ? readKernelNames(origin.tree.source) : undefined;
  } catch (error) {
    if (named.length > 0 || !(error instanceof TraceeError)) throw error;
    say(`no headers of ${release} are here: what it has is judged by its version`);
    return undefined;
  }
}

function describe({ kernel, programs, isServable }: StaticVerdict, hasHeaders: boolean): string {
  const loadable = programs.filter(({ problems }) => problems.length === 0).length;
  const width = Math.max(...programs.map(({ name }) => name.length));
  return [
    `${'program'.padEnd(width)}  instructions  verdict`,
    ...programs.map((program) => row(program, width)),
    ...reasons(programs).flatMap((lines) => ['', ...lines]),
    '',
    `${loadable} of ${programs.length} programs can be loaded on ${kernel}, judged by its ` +
      `${hasHeaders ? 'headers' : 'version'}. Whether every bound is proved, only the kernel can tell.`,
    isServable
      ? 'Every event can be served.'
      : 'Events are lost: a program that no other stands in for cannot be loaded.',
  ].join('\n');
}

function row({ name, instructions, isLastRung, problems }: ProgramVerdict, width: number): string {
  const rules = [...new Set(problems.map(({ rule }) => rule))].join(', ');
  const verdict = isLastRung ? `needed, but not loadable: ${rules}` : `not loadable: ${rules}`;
  const start = `${name.padEnd(width)}  ${String(instructions).padStart(12)}  `;
  return `${start}${problems.length === 0 ? 'loadable' : verdict}`;
}

/** What many programs have in common is told once. */
function reasons(programs: readonly ProgramVerdict[]): string[][] {
  const all = programs.flatMap(({ problems }) => problems);
  const unique = [...new Map(all.map((problem) => [problem.message, problem])).values()];
  return unique.map(({ rule, message, mend }) => {
    const count = all.filter((other) => other.message === message).length;
    return [`${rule}: ${count === 1 ? 'one program' : `${count} programs`}: ${message}`, `  ${mend}`];
  });
}
