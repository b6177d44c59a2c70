import { errorTable, TraceeError, type ErrorCode } from '../errors.js';

/** One thing that was looked at. */
export interface Finding {
  /** For programs: `kprobes`, `bpf-lsm`. */
  readonly id: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was looked at, for people. */
  readonly what: string;
  /** What was met there. */
  readonly found: string;
  /** What mends it; with every warning and failure. */
  readonly mend?: string;
  /** With every failure: what a command that needs the thing would end with. */
  readonly code?: ErrorCode;
}

/** Findings of one kind, under one title. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function ok(id: string, what: string, found: string): Finding {
  return { id, status: 'ok', what, found };
}

export function warn(id: string, what: string, found: string, mend: string): Finding {
  return { id, status: 'warn', what, found, mend };
}

export function fail(id: string, what: string, code: ErrorCode, found: string, mend: string): Finding {
  return { id, status: 'fail', what, found, mend, code };
}

/** A failure that a command would report, as a finding. Anything else than a user's error is thrown on. */
export function failOf(id: string, what: string, error: unknown): Finding {
  if (!(error instanceof TraceeError)) throw error;
  return fail(id, what, error.code, error.message, error.hint ?? errorTable[error.code].title);
}

/** 0 where nothing fails, else the status of the first failure. */
export function statusOf(sections: readonly Section[]): number {
  const code = failures(sections)[0]?.code;
  return code === undefined ? 0 : errorTable[code].status;
}

/** One screen: what was looked at, what was met, and below what is not well its mend. */
export function describeSections(sections: readonly Section[], next: string): string {
  const width = Math.max(...sections.flatMap(({ findings }) => findings.map(({ what }) => what.length)));
  const failed = failures(sections);
  const [first] = failed;
  return [
    ...sections.flatMap(({ title, findings }) => [
      title,
      ...findings.flatMap((finding) => describe(finding, width)),
      '',
    ]),
    first === undefined
      ? `Nothing fails. Next: ${next}`
      : `${failed.length === 1 ? 'One thing fails' : `${failed.length} things fail`}. First: ${first.mend ?? first.found}`,
  ].join('\n');
}

function describe({ status, what, found, mend }: Finding, width: number): string[] {
  const indent = ' '.repeat(width + 10);
  const [first = '', ...more] = found.split('\n');
  return [
    `  ${status.padEnd(5)} ${what.padEnd(width)}  ${first}`,
    ...more.map((line) => `${indent}${line.trim()}`),
    ...(mend === undefined ? [] : mend.split('\n').map((line) => `${indent}-> ${line}`)),
  ];
}

function failures(sections: readonly Section[]): Finding[] {
  return sections.flatMap(({ findings }) => findings.filter(({ status }) => status === 'fail'));
}
