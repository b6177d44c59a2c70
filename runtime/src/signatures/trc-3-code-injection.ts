import { defineRule } from '../detection/rule.js';
import { memoryFile } from './trc-3/memory-file.js';
import { processVmWrite } from './trc-3/process-vm-write.js';
import { ptraceWrite } from './trc-3/ptrace-write.js';
import { sharedMemory } from './trc-3/shared-memory.js';

/** One process changes what another one runs: its memory, or its registers. */
export default defineRule({
  metadata: {
    id: 'TRC-3',
    version: '1.0.0',
    name: 'Code injection',
    description: 'Possible code injection into another process',
    tags: ['linux', 'container'],
    severity: 'high',
    mitre: { tactic: 'Defense Evasion', technique: 'Process Injection', id: 'T1055' },
  },
  sights: [ptraceWrite, processVmWrite, memoryFile, sharedMemory],
});
