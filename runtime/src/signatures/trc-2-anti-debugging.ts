import { defineRule } from '../detection/rule.js';
import { attachToParent } from './trc-2/attach-to-parent.js';
import { ptraceFilter } from './trc-2/ptrace-filter.js';
import { breakpointTrap, notDumpable, parentName } from './trc-2/signals.js';
import { traceMe } from './trc-2/trace-me.js';
import { tracerCheck } from './trc-2/tracer-check.js';

/**
 * A program that does not want to be looked at takes the place of its debugger, looks whether there is one, or
 * makes debugging fail.
 */
export default defineRule({
  metadata: {
    id: 'TRC-2',
    version: '1.0.0',
    name: 'Anti-Debugging',
    description: 'Process uses anti-debugging technique to block debugger',
    tags: ['linux', 'container'],
    severity: 'high',
    mitre: { tactic: 'Defense Evasion', technique: 'Execution Guardrails', id: 'T1480' },
  },
  sights: [traceMe, tracerCheck, ptraceFilter, attachToParent, notDumpable, breakpointTrap, parentName],
});
