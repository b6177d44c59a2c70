import { capAddWords } from '../host/capabilities.js';
import { isRequired, needsOf, requireCapabilities, unmetNeeds, type Privileges } from '../host/privileges.js';
import { failOf, ok, warn, type Finding } from './finding.js';

/** Whether the capabilities that tracing needs are there, and then each by itself with what it is for. */
export function examineNeeds(release: string, privileges: Privileges): Finding[] {
  return [examineRequired(release, privileges), ...examineEach(release, privileges)];
}

function examineRequired(release: string, privileges: Privileges): Finding {
  try {
    requireCapabilities(release, privileges);
  } catch (error) {
    return failOf('capabilities', 'capabilities', error);
  }
  return ok('capabilities', 'capabilities', 'all that tracing needs');
}

function examineEach(release: string, privileges: Privileges): Finding[] {
  const unmet = new Set(unmetNeeds(release, privileges));
  return needsOf(release, privileges.limits).map((need) => {
    const { capability, use, without, instead } = need;
    const id = capability.toLowerCase().replaceAll('_', '-');
    if (!unmet.has(need)) return ok(id, capability, `there: ${use}`);
    const mend = [capAddWords([capability]), instead].filter((word) => word !== undefined).join(', or ');
    return warn(
      id,
      capability,
      isRequired(need) ? `missing: ${use}` : `missing: ${use}; ${without ?? ''}`,
      mend,
    );
  });
}
