import { defineRule } from '../detection/rule.js';
import { relaySight } from './trc-1/relay.js';
import { servedSight, shellSight } from './trc-1/shell.js';

/**
 * A shell talks with its standard descriptors. Where these are a connection, whoever is at the other end has
 * the shell. What counts is what stands there and not the call that put it there.
 */
export default defineRule({
  metadata: {
    id: 'TRC-1',
    version: '1.0.0',
    name: 'Standard Input/Output Over Socket',
    description: 'Redirection of process’s standard input/output to socket',
    tags: ['linux', 'container'],
    severity: 'high',
    mitre: { tactic: 'Persistence', technique: 'Server Software Component', id: 'T1505' },
  },
  sights: [shellSight, servedSight, relaySight],
});
