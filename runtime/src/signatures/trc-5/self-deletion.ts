import { basename } from 'node:path';
import type { Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { textIn } from '../support/arguments.js';
import { isSystemProgram } from '../support/system-program.js';
import { keyOf } from './nameless.js';

/** From then on it runs without a file, as if it had come from memory. */
export const selfDeletionSight: Sight = {
  id: 'self-deletion',
  description: 'a running program deletes its own file',
  ways: [
    {
      events: [{ event: 'security_inode_unlink', where: { is_own_executable: [1] } }],
      blindTo:
        'deletion by another program, by a rename over it; where no function can be hooked: by another hard link or by io_uring',
    },
  ],
  detect(event) {
    const own = event.executableFile;
    if (own === undefined || !isOwnName(event)) return undefined;
    const path = event.executable ?? '';
    return {
      summary: `deleted its own program file (${path})`,
      facts: [
        'the file has no other name: the program runs on without one',
        `inode ${own.inode}, owner ${own.uid}`,
      ],
      data: { 'file path': path },
      key: keyOf(event, own),
    };
  },
};

/**
 * Where system calls serve the event, any deletion counts after which the program's file is without a name:
 * one that was deleted before by others (a daemon whose package was upgraded) has another name than what is
 * deleted now. Package managers delete a spare name of their own old file (dpkg.dpkg-tmp) when they replace
 * themselves.
 */
function isOwnName(event: TracedEvent): boolean {
  const deleted = textIn(event, 'pathname');
  if (deleted === undefined || event.executable === undefined) return true;
  if (basename(deleted) === basename(event.executable)) return true;
  return !isAfterwards(event) && !isSystemProgram(event);
}

function isAfterwards({ executableFile }: TracedEvent): boolean {
  return executableFile?.links === 0;
}
