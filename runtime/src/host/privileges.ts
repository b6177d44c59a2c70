import { TraceeError } from '../errors.js';
import {
  capAddWords,
  effectiveCapabilities,
  hasCapability,
  maskOf,
  type Capability,
} from './capabilities.js';
import { compareReleases } from './kernel.js';
import { readLimits, type Limits } from './limits.js';
import { needs, type Need } from './needs.js';

/** What a process may do, and what it is limited to. */
export interface Privileges {
  readonly effective: bigint;
  readonly limits: Limits;
}

/** Of this process. */
export function readPrivileges(): Privileges {
  return { effective: effectiveCapabilities(), limits: readLimits() };
}

/** What a kernel of this release wants, with these limits. */
export function needsOf(release: string, limits: Limits): Need[] {
  return needs.filter(
    ({ since, before, isWanted }) =>
      (since === undefined || compareReleases(release, since) >= 0) &&
      (before === undefined || compareReleases(release, before) < 0) &&
      (isWanted?.(limits) ?? true),
  );
}

/** The needs that are not met. In a user namespace of its own a process has nothing that the kernel would count. */
export function unmetNeeds(release: string, { effective, limits }: Privileges): Need[] {
  const counted = limits.isInUserNamespace ? 0n : effective;
  return needsOf(release, limits).filter(({ capability }) => !isMet(capability, counted));
}

/** Capabilities without which nothing is traced on this kernel. */
export function missingCapabilities(
  release: string,
  privileges: Privileges = readPrivileges(),
): Capability[] {
  return namesOf(unmetNeeds(release, privileges).filter(isRequired));
}

export function isRequired({ without }: Need): boolean {
  return without === undefined;
}

/** Throws PRIVILEGES_MISSING that names exactly what is missing. */
export function requireCapabilities(
  release: string,
  privileges: Privileges = readPrivileges(),
  { doing = 'tracing', program = 'tracee' } = {},
): void {
  const unmet = unmetNeeds(release, privileges).filter(isRequired);
  if (unmet.length === 0) return;
  const names = namesOf(unmet);
  if (privileges.limits.isInUserNamespace) {
    throw new TraceeError(
      'PRIVILEGES_MISSING',
      `${doing} needs ${names.join(' and ')} of the host, and this process is in a user namespace of its own`,
      {
        hint: 'run it outside: as root of the host, or with docker run --userns=host and no rootless engine',
      },
    );
  }
  const instead = unmet.flatMap((need) => need.instead ?? []);
  throw new TraceeError(
    'PRIVILEGES_MISSING',
    `${doing} needs ${names.join(' and ')}, which this process lacks`,
    {
      hint: [
        `run as root (sudo ${program} …), or in a container with ${capAddWords(names)}`,
        ...instead.map(
          (words) =>
            `or ${words} in place of ${capAddWords(namesOf(unmet.filter((need) => need.instead === words)))}`,
        ),
      ].join('; '),
    },
  );
}

/** What stays dark without a capability and nothing else tells: a line for each need that is not met and not required. */
export function describeUnmet(release: string, privileges: Privileges = readPrivileges()): string[] {
  return unmetNeeds(release, privileges)
    .filter((need) => !isRequired(need) && need.isInPlan !== true)
    .map(
      ({ capability, use, without, instead }) =>
        `without ${capability} (${use}) ${without}; ${[capAddWords([capability]), instead].filter(Boolean).join(', or ')}`,
    );
}

/**
 * What tracing wants for as long as it goes on. `hasCommand`: a program runs under it, which it ends at its end, and
 * which must act as it would without Tracee: PTRACE_TRACEME is refused where the parent has less than its child,
 * unless it has CAP_SYS_PTRACE (cap_ptrace_traceme()).
 */
export function capabilitiesToKeep(
  release: string,
  { effective, limits }: Privileges,
  hasCommand: boolean,
): bigint {
  if (hasCommand && !hasCapability(effective, 'CAP_SYS_PTRACE')) return effective;
  const kept = needsOf(release, limits).filter(
    ({ keptBefore }) => keptBefore !== undefined && compareReleases(release, keptBefore) < 0,
  );
  return maskOf([...namesOf(kept), ...(hasCommand ? (['CAP_KILL'] as const) : [])]);
}

function namesOf(list: readonly Need[]): Capability[] {
  return [...new Set(list.map(({ capability }) => capability))];
}

/** CAP_BPF and CAP_PERFMON were split off CAP_SYS_ADMIN, which stands for them still. */
function isMet(capability: Capability, effective: bigint): boolean {
  const isSplitOff = capability === 'CAP_BPF' || capability === 'CAP_PERFMON';
  return hasCapability(effective, capability) || (isSplitOff && hasCapability(effective, 'CAP_SYS_ADMIN'));
}
