import { TraceeError } from 'tracee/errors';

interface KnownSymptom {
  symptom: RegExp;
  cause: string;
  mend: string;
}

/** What compilers say when kernel headers and toolchain do not fit, and what helps. */
const knownSymptoms: readonly KnownSymptom[] = [
  {
    symptom: /opaque-pointers mode|Invalid record|Unknown attribute kind/,
    cause: 'clang and llc are of different majors',
    mend: 'install llc of the same version as clang, or point LLC to it',
  },
  {
    symptom: /expected '\(' after 'asm'|asm goto.*not supported/,
    cause: 'clang is too old for these kernel headers',
    mend: 'apt-get install clang-14 llvm-14',
  },
  {
    symptom: /invalid output constraint|Inconsistent word size/,
    cause: "the front end did not run for the kernel's own architecture",
    mend: 'check --arch against the headers',
  },
  {
    symptom: /'(?:linux|asm|asm-generic|generated|uapi|vdso)\/[^']+' file not found/,
    cause: 'the header tree is not complete',
    mend: 'install the whole linux-headers package, both halves where it is split',
  },
  {
    symptom: /-Wpass-failed|loop not unrolled/,
    cause: 'a loop could not be unrolled, and kernels below 5.3 take no loops',
    mend: 'build with the clang that is known to unroll it: CLANG=clang-14 (or clang-11)',
  },
  {
    symptom: /No space left on device/,
    cause: 'the disk of the temporary directory is full',
    mend: 'free some room, or set TMPDIR',
  },
];

const shownLines = 8;

/** `COMPILE_FAILED` with the first real error of a compiler's output, and its mend where it is known. */
export function compileError(step: string, output: string): TraceeError {
  const lines = output.split('\n');
  const first = Math.max(
    lines.findIndex((line) => /error:/i.test(line)),
    0,
  );
  // From there on a compiler that gave up shows its own stack.
  const crash = lines.findIndex((line, index) => index > first && line.startsWith('PLEASE submit a bug'));
  const end = Math.min(first + shownLines, crash === -1 ? lines.length : crash);
  const excerpt = lines
    .slice(first, end)
    .filter((line) => line.trim() !== '')
    .map((line) => `  ${line}`)
    .join('\n');
  const known = knownSymptoms.find(({ symptom }) => symptom.test(output));
  const cause = known === undefined ? '' : ` (${known.cause})`;
  return new TraceeError('COMPILE_FAILED', `${step} failed${cause}:\n${excerpt}`, {
    hint: known?.mend ?? 'if these headers compile with another clang, name it with CLANG; else report this',
  });
}
