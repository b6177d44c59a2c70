import { defineRule } from '../detection/rule.js';
import { executionSight, temporarySight } from './trc-5/execution.js';
import { mappingSight } from './trc-5/mapping.js';
import { scriptSight } from './trc-5/script.js';
import { selfDeletionSight } from './trc-5/self-deletion.js';

/** What is on no disk leaves nothing there to be found afterwards. */
export default defineRule({
  metadata: {
    id: 'TRC-5',
    version: '1.0.0',
    name: 'Fileless Execution',
    description: 'Executing a process from memory, without a file in the disk',
    tags: ['linux', 'container'],
    severity: 'medium',
    mitre: { tactic: 'Defense Evasion', technique: 'Obfuscated Files or Information', id: 'T1027' },
  },
  sights: [executionSight, mappingSight, scriptSight, selfDeletionSight, temporarySight],
});
