import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../dist/${path}`, import.meta.url)));

test('what fails in a timer ends the program with its message, mend and status', () => {
  const script = `
    import { Command } from 'commander';
    import { runProgram } from ${at('cli/program.js')};
    import { TraceeError } from ${at('errors.js')};
    const late = () => { throw new TraceeError('RUN_FAILED', 'the file is full', { hint: 'free some room' }); };
    await runProgram(new Command('late').action(() => { setTimeout(late, 1); setTimeout(() => {}, 60_000); }));
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    timeout: 30_000,
  });
  assert.equal(status, 1, stderr);
  assert.equal(stderr, 'tracee: the file is full\n  free some room\n');
});
