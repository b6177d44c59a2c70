import type { LoadReport, ProgramLoad } from 'tracee/load-check';
import { findSymptom } from './table.js';

/** A kernel's verdicts for people: a table, then what was refused and why, with what helps. */
export function describeLoads({ kernel, arch, programs }: LoadReport): string {
  const width = Math.max('program'.length, ...programs.map(({ name }) => name.length));
  const count = (outcome: ProgramLoad['outcome']): number =>
    programs.filter((program) => program.outcome === outcome).length;
  return [
    row(width, 'program', 'instructions', 'verified', 'ms', 'verdict'),
    ...programs.map((program) => describeProgram(width, program)),
    ...describeImpossible(programs),
    ...programs.filter(({ outcome }) => outcome === 'refused').flatMap(describeRefusal),
    '',
    `${count('loaded')} of ${programs.length} programs loaded on ${kernel} (${arch}), ` +
      `${count('impossible')} not possible on it, ${count('refused')} refused. Nothing was attached.`,
  ].join('\n');
}

function describeProgram(width: number, program: ProgramLoad): string {
  const { name, instructions, verifiedInstructions, ms, outcome } = program;
  const verdict = outcome === 'impossible' ? 'not possible here' : outcome;
  return row(width, name, String(instructions), String(verifiedInstructions ?? '-'), ms.toFixed(0), verdict);
}

/** What the kernel's configuration rules out is told once for all programs that it concerns. */
function describeImpossible(programs: readonly ProgramLoad[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { outcome, reason, name } of programs) {
    if (outcome !== 'impossible' || reason === undefined) continue;
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  return [...byReason].flatMap(([reason, names]) => [
    '',
    `not possible here: ${names.join(', ')}`,
    `  ${reason}`,
  ]);
}

function describeRefusal({ name, reason, refusal }: ProgramLoad): string[] {
  const known = findSymptom(reason ?? '', 'verifier');
  const facts: [label: string, text: string | undefined][] = [
    ['at', refusal?.instruction],
    ['knowing', refusal?.registers],
    ['source', refusal?.source],
    ['cause', known?.cause],
    ['mend', known?.mend],
  ];
  return [
    '',
    `refused: ${name}: ${reason ?? 'no reason given'}`,
    ...facts.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(8)} ${text}`])),
  ];
}

function row(
  width: number,
  ...[name, instructions, verified, ms, verdict]: [string, string, string, string, string]
): string {
  return `${name.padEnd(width)}  ${instructions.padStart(12)}  ${verified.padStart(8)}  ${ms.padStart(6)}  ${verdict}`;
}
