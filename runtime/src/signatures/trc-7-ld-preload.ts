import { defineRule } from '../detection/rule.js';
import { environment, settings } from './trc-7/environment.js';
import { preloadFile } from './trc-7/preload-file.js';

/** A library that the loader puts in front of all others takes the place of their functions. */
export default defineRule({
  metadata: {
    id: 'TRC-7',
    version: '1.0.0',
    name: 'LD_PRELOAD',
    description: 'Usage of LD_PRELOAD to allow hooks on process',
    tags: ['linux', 'container'],
    severity: 'medium',
    mitre: { tactic: 'Persistence', technique: 'Hijack Execution Flow', id: 'T1574.006' },
  },
  sights: [environment, settings, ...preloadFile],
});
