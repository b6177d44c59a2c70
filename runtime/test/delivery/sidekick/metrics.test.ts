import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMetrics } from '../../../src/delivery/sidekick/metrics.js';

test('deliveries are read by output, whatever else is counted', () => {
  const text = [
    '# TYPE falcosecurity_falcosidekick_outputs_total counter',
    'falcosecurity_falcosidekick_inputs_total{source="requests",status="accepted"} 9',
    'falcosecurity_falcosidekick_outputs_total{destination="slack",status="ok"} 3',
    'falcosecurity_falcosidekick_outputs_total{destination="slack",status="error"} 1.2e+01',
    'falcosidekick_outputs{status="ok",destination="loki"} 2',
    'falcosecurity_falcosidekick_outputs_total{destination="mqtt",status="EOF: {\\"a\\": \\\\}, b"} 7',
    'falcosecurity_falcosidekick_outputs_total{destination="Fission",status="ok"} 1',
    'falcosecurity_falcosidekick_outputs_total{destination="dynatrace,",status="ok"} 4',
    'falcosecurity_falcosidekick_outputs_total{destination="x"',
  ].join('\n');
  assert.deepEqual(
    parseMetrics(text),
    new Map([
      ['slack', { ok: 3, error: 12 }],
      ['loki', { ok: 2, error: 0 }],
      ['mqtt', { ok: 0, error: 7 }],
      ['fission', { ok: 1, error: 0 }],
      ['dynatrace', { ok: 4, error: 0 }],
    ]),
  );
});
