import type { Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isCodeGenerator } from '../support/code-generator.js';
import { isSystemDebugger } from '../support/debugger.js';

/** `/proc/self/mem` writes where the process may not: into its own code. Its data it could write anyhow. */
export const ownMemoryFile: Sight = {
  id: 'own-memory-file',
  description: 'a process writes its own code by its file in procfs, past all protection',
  ways: [
    {
      events: [{ event: 'mem_write', where: { is_self: [1] } }],
      blindTo: 'where the function mem_write cannot be hooked: writes by io_uring',
    },
  ],
  detect: (event) => {
    if (numberIn(event, 'is_self') !== 1 || numberIn(event, 'is_data') === 1) return undefined;
    // gdb tries whether that works, with one byte on its stack.
    if (isSystemDebugger(event) || isCodeGenerator(event)) return undefined;
    return {
      summary: 'wrote its own memory past all protection',
      facts: [
        `${numberIn(event, 'length') ?? 'unknown'} bytes at ${textIn(event, 'address') ?? 'an unknown address'}, by its own file mem in procfs`,
        'neither its data nor its heap nor its stack is there',
      ],
    };
  },
};
