import type { Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isCodeGenerator } from '../support/code-generator.js';
import { isSystemDebugger } from '../support/debugger.js';

/** `/proc/self/mem` writes where the process may not: into its own code. */
export const ownMemoryFile: Sight = {
  id: 'own-memory-file',
  description: 'a process writes its own memory by its file in procfs, past all protection',
  ways: [
    {
      events: [{ event: 'mem_write', where: { is_self: [1] } }],
      blindTo: 'where the function mem_write cannot be hooked: what is written',
    },
  ],
  detect: (event) => {
    const length = numberIn(event, 'length');
    // gdb tries whether that works, with one byte on its stack.
    if (numberIn(event, 'is_self') !== 1 || length === 0 || isSystemDebugger(event) || isCodeGenerator(event))
      return undefined;
    return {
      summary:
        length === undefined
          ? 'opened its own memory for writing past all protection'
          : 'wrote its own memory past all protection',
      facts: [
        length === undefined
          ? 'it opened its own file mem in procfs for writing'
          : `${length} bytes at ${textIn(event, 'address') ?? 'an unknown address'}, by its own file mem in procfs`,
      ],
    };
  },
};
