import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';

/** include/uapi/linux/personality.h; 0xffffffff asks for the personality and changes none. */
const READ_IMPLIES_EXEC = 0x0400000;
const askOnly = 0xffffffff;

/** With this personality, heap and data that a process gets from now on can be executed, and no call tells. */
export const executableData: Sight = {
  id: 'executable-data',
  description: 'a process makes all its memory executable by its personality',
  ways: [{ events: [{ event: 'personality', bits: { persona: READ_IMPLIES_EXEC } }] }],
  detect: (event) => {
    const persona = numberIn(event, 'persona') ?? 0;
    if (event.returnValue < 0 || persona === askOnly || (persona & READ_IMPLIES_EXEC) === 0) return undefined;
    return {
      summary: 'made all memory executable that it can read',
      facts: ['personality(READ_IMPLIES_EXEC) succeeded'],
    };
  },
};
