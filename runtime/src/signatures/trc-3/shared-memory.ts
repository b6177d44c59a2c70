import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';

/** include/uapi/linux/sched.h */
const CLONE_VM = 0x100;
const CLONE_VFORK = 0x4000;
const CLONE_THREAD = 0x10000;

/** A process that shares all memory with another can change it unseen. vfork() does so until it executes. */
export const sharedMemory: Sight = {
  id: 'shared-memory',
  description: 'a process starts another one that shares its memory and is no thread',
  isSignal: true,
  ways: [{ events: [{ event: 'clone', bits: { flags: CLONE_VM } }], blindTo: 'clone3()' }],
  detect: (event) => {
    const flags = numberIn(event, 'flags') ?? 0;
    if ((flags & CLONE_VM) === 0 || (flags & (CLONE_THREAD | CLONE_VFORK)) !== 0 || event.returnValue <= 0)
      return undefined;
    return {
      summary: 'started a process that shares its memory',
      facts: [`clone() with CLONE_VM and without CLONE_THREAD gave ${event.returnValue}`],
    };
  },
};
