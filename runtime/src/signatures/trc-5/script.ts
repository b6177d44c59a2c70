import type { Sight } from '../../detection/rule.js';
import { textsIn } from '../support/arguments.js';
import { isInterpreter } from '../support/interpreter.js';
import {
  describe,
  describeStorage,
  isEverythingInMemory,
  isTemporary,
  keyOf,
  namelessFileOf,
} from './nameless.js';

/**
 * `python /proc/self/fd/3`, `sh /dev/shm/x`, and the script that the kernel has its interpreter open: the
 * program that is executed is on disk, what it does is not.
 */
export const scriptSight: Sight = {
  id: 'script',
  description: 'an interpreter opens an executable file that is in memory only',
  ways: [
    {
      events: [{ event: 'memory_file_open' }],
      blindTo:
        'a script on standard input, one that is not marked executable, one that was deleted from a disk',
    },
  ],
  detect(event) {
    const file = namelessFileOf(event);
    if (file === undefined || isEverythingInMemory(file) || isTemporary(file)) return undefined;
    if (isInterpreter(event) !== true) return undefined;
    return {
      summary: `interprets ${describe(file)}`,
      facts: [describeStorage(file), `started as: ${textsIn(event, 'argv').join(' ')}`],
      data: { 'file path': file.path },
      key: keyOf(event, file),
    };
  },
};
