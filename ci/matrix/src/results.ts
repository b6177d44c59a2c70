/** One cell of the matrix. */
export interface Result {
  readonly kernel: string;
  readonly variant: string;
  readonly test: string;
  readonly outcome: 'ok' | 'failed' | 'not possible';
  readonly seconds: number;
  /** What failed, or why it is not possible here. */
  readonly message: string;
}

/** What the guest writes, one JSON document a line: a test's result, or the end of a variant's run. */
type GuestLine =
  Omit<Result, 'kernel'> | { readonly variant: string; readonly status: number; readonly test?: undefined };

/**
 * The results of one variant in a guest's output. A run that did not begin, broke off, or ended badly without
 * naming a test is a failure of its own.
 *
 * @param trouble what went wrong outside of the tests, if anything did
 */
export function readResults(
  kernel: string,
  variant: string,
  output: string,
  trouble: string | undefined,
): Result[] {
  const lines = readLines(output).filter((line) => line.variant === variant);
  const results = lines.flatMap((line) => (line.test === undefined ? [] : [{ kernel, ...line }]));
  const end = lines.find((line) => line.test === undefined);
  const problem = problemOf(results, end?.status, trouble);
  if (problem === undefined) return results;
  const test = 'the tests run to their end';
  return [...results, { kernel, variant, test, outcome: 'failed', seconds: 0, message: problem }];
}

/** The variants whose runs have ended, in the output so far. */
export function endedVariants(output: string): string[] {
  return readLines(output).flatMap((line) => (line.test === undefined ? [line.variant] : []));
}

function readLines(output: string): GuestLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as GuestLine);
}

function problemOf(
  results: readonly Result[],
  status: number | undefined,
  trouble: string | undefined,
): string | undefined {
  if (status === undefined) return trouble ?? 'the guest ended before them';
  if (results.length === 0) return `no test ran; node ended with status ${status}`;
  const hasFailed = results.some(({ outcome }) => outcome === 'failed');
  return status !== 0 && !hasFailed ? `node ended with status ${status}` : undefined;
}

const words = { ok: 'ok', failed: 'FAILED', 'not possible': 'not possible' } as const;

/** The matrix for people: kernel, object, outcome, seconds, test, and the reason below what is not ok. */
export function formatTable(results: readonly Result[]): string {
  const rows = results.map(({ kernel, variant, outcome, seconds, test, message }) => {
    const line = row(kernel, variant, words[outcome], seconds.toFixed(1), test);
    if (outcome === 'ok') return line;
    return [line, ...message.split('\n').map((text) => `${' '.repeat(14)}${text}`)].join('\n');
  });
  return [row('KERNEL', 'OBJECT', 'RESULT', 'SECONDS', 'TEST'), ...rows].join('\n');
}

/** `debian-6.1, portable: SIGINT ends detection …` for each failure. */
export function nameFailures(results: readonly Result[]): string[] {
  return results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ kernel, variant, test }) => `${kernel}, ${variant}: ${test}`);
}

function row(kernel: string, variant: string, outcome: string, seconds: string, test: string): string {
  return `${kernel.padEnd(13)} ${variant.padEnd(14)} ${outcome.padEnd(12)} ${seconds.padStart(7)}  ${test}`;
}
