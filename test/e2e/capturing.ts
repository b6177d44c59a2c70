import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTracee, type Outcome } from './harness.js';

/** What `tracee trace --capture` kept of one command and its children. */
export interface Captured extends Outcome {
  /** Where artifacts are. */
  out: string;
  /** Path of a file -> path of its artifact. */
  written: Map<string, string>;
  /** Content of the artifacts with such names, by name. */
  artifacts: (pattern: RegExp) => Map<string, Buffer>;
}

/** A directory for a file of tests. */
export function makeDirectory(after: (cleanUp: () => void) => void): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-capture-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs a shell script under tracee, with artifacts below `base`. */
export function capture(base: string, options: readonly string[], script: string): Captured {
  const outcome = runTracee([
    ...['trace', '--trace', 'event=sched_process_exit'],
    ...[...options, `dir:${base}`].flatMap((option) => ['--capture', option]),
    ...['--', '/bin/sh', '-c', script],
  ]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const out = join(base, 'out');
  const index = readFileSync(join(out, 'written_files'), 'utf8').split('\n').slice(0, -1);
  const written = index.map((line): [string, string] => {
    const [artifact = '', ...path] = line.split(' ');
    return [path.join(' '), join(out, artifact)];
  });
  const artifacts = (pattern: RegExp): Map<string, Buffer> => {
    const namespaces = readdirSync(out).filter((name) => /^\d+$/.test(name));
    return new Map(
      namespaces.flatMap((namespace) =>
        readdirSync(join(out, namespace))
          .filter((name) => pattern.test(name))
          .map((name) => [name, readFileSync(join(out, namespace, name))] as const),
      ),
    );
  };
  return { ...outcome, out, written: new Map(written), artifacts };
}
