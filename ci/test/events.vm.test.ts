import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResults } from '../events/dist/results.js';
import { runOnKernel } from '../events/dist/run.js';
import { kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';

/* KERNELS names the kernels (`debian-5.10 debian-6.1`), or `all`. */
const wanted = process.env['KERNELS'] ?? 'debian-7.2';
const kernels = wanted === 'all' ? kernelTable.map(({ name }) => name) : wanted.split(' ');

for (const kernel of kernels) {
  test(`on ${kernel} every event comes to what is kept in docs/events`, async (context) => {
    const results = readResults().find((one) => one.kernel === kernel);
    const { verdicts } = await runOnKernel(kernel, {
      rows: '',
      settings: readSettings(process.env),
      onProgress: (message) => context.diagnostic(message),
    });
    for (const { event, act, outcome, reason } of verdicts) {
      await context.test(`${event}, ${act}`, () => {
        assert.ok(!['missed', 'wrong', 'broken'].includes(outcome), `${outcome}: ${reason}`);
        const before = results?.verdicts.find((one) => one.event === event && one.act === act);
        /* A row that is new has nothing to be compared with. */
        const kept = before?.outcome ?? outcome;
        assert.equal(outcome, kept, `${reason}; keep it with \`make test-events KERNEL=${kernel}\``);
      });
    }
  });
}
