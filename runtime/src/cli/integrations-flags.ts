import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIntegrations, type Integrations } from '../delivery/integrations.js';
import { findSidekick } from '../delivery/sidekick/binary.js';
import { TraceeError } from '../errors.js';
import { installPathOf, named, trustedUidsOf } from './context.js';
import { say, warn } from './report.js';

/** What delivers to Slack and others, as the environment and the file of integrations ask for it. */
export interface PlannedIntegrations {
  readonly integrations: Integrations;
  readonly binary: string;
  /** Reads the file once more. Throws TraceeError. */
  readonly reread: () => Integrations;
}

export interface IntegrationsFlags {
  installPath?: string;
  integrations: boolean;
}

const defaultName = 'integrations-config.yaml';

/**
 * Reads the file of integrations, and finds falcosidekick. Undefined where there is no file, or none is wanted. One
 * that was named must be there. Throws INTEGRATIONS_INVALID and its like, and SIDEKICK_MISSING.
 */
export function planIntegrations(
  flags: IntegrationsFlags,
  env: NodeJS.ProcessEnv,
  looksAtDefault: boolean,
): PlannedIntegrations | undefined {
  if (!flags.integrations) return undefined;
  const trustedUids = trustedUidsOf(env);
  const explicit = named(env['TRACEE_WEBHOOK_CONFIG']);
  const path = explicit ?? join(installPathOf(flags, env), defaultName);
  if (explicit === undefined && (!looksAtDefault || !existsSync(path))) {
    if (looksAtDefault) say(`no integrations: ${path} is not there`);
    return undefined;
  }
  const reread = (): Integrations => readIntegrations(path, { trustedUids });
  let integrations: Integrations;
  try {
    integrations = reread();
  } catch (error) {
    // Others may be able to put a file there, and must not be able to keep detection from starting.
    const isForeign = error instanceof TraceeError && error.code === 'INTEGRATIONS_UNTRUSTED';
    if (!isForeign || explicit !== undefined) throw error;
    warn(error);
    return undefined;
  }
  const binary = findSidekick({
    named: named(env['TRACEE_WEBHOOK_EXE']),
    beside: besideRuntime(),
    searchPath: env['PATH'] ?? '',
    trustedUids,
  });
  return { integrations, binary, reread };
}

/** Beside the program when it is packed into one file, and where the package begins. */
function besideRuntime(): string[] {
  return [dirname(fileURLToPath(import.meta.url)), fileURLToPath(new URL('../..', import.meta.url))];
}
