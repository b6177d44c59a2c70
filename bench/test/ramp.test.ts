import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHighestRate } from '../src/ramp.js';

/** A machine that holds every rate up to `limit`; keeps what it was asked for. */
function machine(limit: number): { tried: number[]; attempt: Attempt } {
  const tried: number[] = [];
  const attempt: Attempt = (rate) => {
    tried.push(rate);
    return Promise.resolve({ holds: rate <= limit, outcome: `run at ${rate}` });
  };
  return { tried, attempt };
}

type Attempt = (rate: number) => Promise<{ holds: boolean; outcome: string }>;

const plan = { start: 100, factor: 2, refinements: 5, lowest: 10, highest: 10_000 };

test('a ramp closes in on the highest rate from below', async () => {
  const { tried, attempt } = machine(1000);
  const best = await findHighestRate({ ...plan, attempt });
  assert.ok(best !== undefined && best.rate <= 1000 && best.rate > 970, String(best?.rate));
  assert.equal(best.outcome, `run at ${best.rate}`);
  assert.deepEqual(tried.slice(0, 5), [100, 200, 400, 800, 1600]);
});

test('a ramp that starts too high comes down, then closes in', async () => {
  const { tried, attempt } = machine(30);
  const best = await findHighestRate({ ...plan, attempt });
  assert.deepEqual(tried.slice(0, 3), [100, 50, 25]);
  assert.ok(best !== undefined && best.rate <= 30 && best.rate >= 28, String(best?.rate));
});

test('a ramp ends at the highest rate that may be tried', async () => {
  const { tried, attempt } = machine(Infinity);
  assert.equal((await findHighestRate({ ...plan, attempt }))?.rate, 10_000);
  assert.equal(tried.length, 8);
});

test('a machine that holds nothing has no highest rate', async () => {
  const { tried, attempt } = machine(0);
  assert.equal(await findHighestRate({ ...plan, attempt }), undefined);
  assert.equal(tried.at(-1), 10);
});
