import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A directory with these files, which goes with the test. */
export function rulesDirectory(context: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'rules-test-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o644 });
  return directory;
}

/** A rule in YAML; `more` replaces lines from `events` on. */
export function yamlRule(
  more: string = 'events: [ptrace]\ncondition: args.request == PTRACE_ATTACH\nsummary: attached',
  id: string = 'ACME-1',
): string {
  return [
    `id: ${id}`,
    `name: The rule ${id}`,
    'description: A process attaches to another one',
    'severity: low',
    'mitre: { tactic: Defense Evasion, technique: Process Injection, id: T1055 }',
    more,
    '',
  ].join('\n');
}
