import type { EventDefinition } from '../../types.js';
import { callers32Calls } from './callers-32.js';
import { directoriesCalls } from './directories.js';
import { filesCalls } from './files.js';
import { ipcCalls } from './ipc.js';
import { memoryCalls } from './memory.js';
import { networkCalls } from './network.js';
import { processesCalls } from './processes.js';
import { signalsCalls } from './signals.js';
import { systemCalls } from './system.js';
import { timeCalls } from './time.js';

/** System calls, those of 32-bit programs included. Numbers and functions: `numbers.ts`. */
export const syscallEvents: readonly EventDefinition[] = [
  ...filesCalls,
  ...directoriesCalls,
  ...memoryCalls,
  ...processesCalls,
  ...signalsCalls,
  ...ipcCalls,
  ...networkCalls,
  ...timeCalls,
  ...systemCalls,
  ...callers32Calls,
];
