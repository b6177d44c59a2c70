import { defineRule } from '../detection/rule.js';
import { executableData } from './trc-4/executable-data.js';
import { ownMemoryFile } from './trc-4/own-memory-file.js';
import { executableMemory } from './trc-4/executable-memory.js';

/** A process runs code that it wrote or was given, instead of what stands in program files. */
export default defineRule({
  metadata: {
    id: 'TRC-4',
    version: '1.0.0',
    name: 'Dynamic Code Loading',
    description: '(w/W)riting to executable allocated memory region',
    tags: ['linux', 'container'],
    severity: 'medium',
    mitre: {
      tactic: 'Defense Evasion',
      technique: 'Obfuscated Files or Information',
      id: 'T1027',
    },
  },
  sights: [executableMemory, ownMemoryFile, executableData],
});
