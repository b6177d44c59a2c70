import type { LocatedObject } from '../artifact/locate.js';
import { TraceeError } from '../errors.js';
import { failOf, ok, warn, type Finding } from './finding.js';

const kinds = { explicit: 'named by TRACEE_BPF_FILE', installed: 'installed', portable: 'portable' } as const;

/** What the runtime's own search ends with. */
export function tryToFind(find: () => LocatedObject): LocatedObject | TraceeError {
  try {
    return find();
  } catch (error) {
    if (error instanceof TraceeError) return error;
    throw error;
  }
}

/** The object that would be taken, and why others were passed over. */
export function examineObject(found: LocatedObject | TraceeError): Finding[] {
  if (found instanceof TraceeError) return [failOf('object', 'object', found)];
  const { path, kind, manifest, warnings } = found;
  return [
    ok('object', 'object', `${path} (${kinds[kind]}, types from ${manifest.types})`),
    ...warnings.map(({ message, hint }) =>
      warn('object-refused', 'refused', message, hint ?? 'remove it, or build it again: make bpf'),
    ),
  ];
}
