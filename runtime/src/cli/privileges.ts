import { TraceeError } from '../errors.js';
import { capabilitiesToKeep, describeUnmet, readPrivileges } from '../host/privileges.js';
import { confine, forbidInspection } from '../privileges/confine.js';
import { say, warn } from './report.js';

/** What rules cannot look up with the capabilities that there are: a line for each that is missing. */
export function tellUnmet(release: string): void {
  for (const line of describeUnmet(release)) say(line);
}

/** Keeps what tracing goes on to need. Where that fails tracing goes on all the same, and it is said. */
export function dropPrivileges(release: string, hasCommand: boolean): void {
  try {
    confine(capabilitiesToKeep(release, readPrivileges(), hasCommand));
    forbidInspection();
  } catch (cause) {
    if (!(cause instanceof TraceeError)) throw cause;
    warn(
      new TraceeError('PRIVILEGES_KEPT', `not all privileges could be given up: ${cause.message}`, {
        hint: '--keep-privileges gives up none, and says nothing of it',
        cause,
      }),
    );
  }
}

/** Node.js opens a debugger, for all users of the host, for whoever sends this signal. */
export function forbidDebugger(): void {
  process.on('SIGUSR1', () => say('SIGUSR1 is not for Tracee, and is ignored'));
}
