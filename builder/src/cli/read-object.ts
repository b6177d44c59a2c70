import { readFileSync } from 'node:fs';
import { TraceeError } from 'tracee/errors';

/** The file that a command was given. Throws `OBJECT_UNREADABLE`. */
export function readObject(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new TraceeError('OBJECT_UNREADABLE', `${file} cannot be read`, {
      hint: 'name an object file',
      cause,
    });
  }
}
