import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a built program of the runtime to its end: `make build` first. */
export function runProgram(name: string, args: readonly string[], input = ''): Outcome {
  const script = fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    input,
  });
  return { status, stdout, stderr };
}
