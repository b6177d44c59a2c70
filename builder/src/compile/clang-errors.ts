import { TraceeError } from 'tracee/errors';
import { findSymptom } from '../symptoms/table.js';

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
  const known = findSymptom(output, 'clang', 'headers');
  const cause = known === undefined ? '' : ` (${known.cause})`;
  return new TraceeError('COMPILE_FAILED', `${step} failed${cause}:\n${excerpt}`, {
    hint: known?.mend ?? 'if these headers compile with another clang, name it with CLANG; else report this',
  });
}
