import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TraceeError } from '../errors.js';
import type { Kernel } from '../host/kernel.js';
import { findObject, installPathOf, type ObjectOptions } from './context.js';
import { say } from './report.js';

/** When a builder is asked for an object: as the original has it. */
export const buildPolicies = ['never', 'always', 'if-needed'] as const;
export type BuildPolicy = (typeof buildPolicies)[number];

/**
 * Finds the object for this kernel. Where none was named or installed and `TRACEE_BUILDER` names a program (the
 * full image's does), that one is run once, as `PROGRAM provide --output DIRECTORY`, and what it installed is
 * taken; where it fails, it has said why, and the portable object serves.
 */
export async function obtainObject(
  kernel: Kernel,
  options: ObjectOptions & { readonly buildPolicy?: BuildPolicy | undefined },
  env: NodeJS.ProcessEnv,
): Promise<ReturnType<typeof findObject>> {
  const program = env['TRACEE_BUILDER'];
  const { buildPolicy = 'if-needed' } = options;
  if (program === undefined || program === '') {
    if (buildPolicy === 'always') throw noBuilder();
    return findObject(kernel, options, env);
  }
  if (buildPolicy === 'never' || (buildPolicy === 'if-needed' && isInstalled(kernel, options, env))) {
    return findObject(kernel, options, env);
  }
  await runBuilder(program, ['provide', '--output', installPathOf(options, env)]);
  try {
    return findObject(kernel, options, env);
  } catch (error) {
    if (!(error instanceof TraceeError) || error.code !== 'OBJECT_NOT_FOUND') throw error;
    const mount = '-v /lib/modules:/lib/modules:ro -v /usr/src:/usr/src:ro';
    throw new TraceeError('OBJECT_NOT_FOUND', error.message, {
      hint: `in a container, mount this kernel's headers to have one built: ${mount}; or ${lowered(error.hint ?? '')}`,
      cause: error,
    });
  }
}

function noBuilder(): TraceeError {
  return new TraceeError('USAGE', 'there is no builder here that --build-policy always could start', {
    hint: 'build an object with tracee-builder build --output /tmp/tracee, or set TRACEE_BUILDER to a builder',
  });
}

/** What `TRACEE_BPF_FILE` names counts: it must work, whatever could be built. */
function isInstalled(kernel: Kernel, options: ObjectOptions, env: NodeJS.ProcessEnv): boolean {
  if ((env['TRACEE_BPF_FILE'] ?? '') !== '') return true;
  try {
    findObject(kernel, { ...options, portable: false }, env);
    return true;
  } catch (error) {
    if (error instanceof TraceeError && error.code === 'OBJECT_NOT_FOUND') return false;
    throw error;
  }
}

/** Its messages go where this program's go; its data is of no use here. */
async function runBuilder(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const [status, signal] = await ended.catch((error: unknown): [string, null] => [
    error instanceof Error ? error.message : String(error),
    null,
  ]);
  if (status !== 0) say(`no object was built: ${program} ended with ${signal ?? `status ${status}`}`);
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
