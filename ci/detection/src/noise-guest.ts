#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { chooseNoise, roundsOf } from './noise.js';
import { runSession } from './session.js';

/**
 * Does ordinary work for a while under a tracee with all rules as users run it, and writes a line of JSON for each
 * round, `{"id":"noise-git-1","outcome":"quiet",…}`, and one for each kind that cannot be done here.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
    vm: { type: 'boolean', default: false },
  },
});
const { rows, skipped } = chooseNoise(values.without.split(','));
const write = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
for (const { name, why } of skipped) write({ skipped: name, why });
const verdicts = await runSession(roundsOf(rows, Number(values.minutes) * 60_000), {
  traceeArguments: ['--rate-limit', 'off'],
  isVm: values.vm,
  limitMs: values.vm ? 900_000 : 180_000,
});
for (const verdict of verdicts) write(verdict);
