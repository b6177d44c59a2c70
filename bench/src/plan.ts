import { spawnSync } from 'node:child_process';
import { BenchError } from './error.js';
import { tracee } from './paths.js';

/** Kinds of hooks on which default detection stands here, or what `args` ask for. */
export function plannedHooks(args: readonly string[] = []): string[] {
  const options = args.includes('--output') ? args : [...args, '--output', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [tracee, ...options, '--plan'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new BenchError(`tracee --plan failed:\n${stderr}`);
  const { events } = JSON.parse(stdout) as { events: { hook: string | null }[] };
  return [...new Set(events.map(({ hook }) => hook ?? 'none'))];
}
