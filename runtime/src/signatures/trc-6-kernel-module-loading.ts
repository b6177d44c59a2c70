import { defineRule } from '../detection/rule.js';
import { load } from './trc-6/load.js';
import { signals } from './trc-6/signals.js';

/** Code in the kernel can do and hide anything: whoever asks for it to be loaded is told of. */
export default defineRule({
  metadata: {
    id: 'TRC-6',
    version: '1.0.0',
    name: 'kernel module loading',
    description: 'Attempt to load a kernel module detection',
    tags: ['linux', 'container'],
    severity: 'high',
    mitre: { tactic: 'Persistence', technique: 'Kernel Modules and Extensions', id: 'T1547.006' },
  },
  sights: [load, ...signals],
});
