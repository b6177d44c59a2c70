import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import type { Rule } from '../../src/detection/rule.js';
import { builtinRules, selectRules } from '../../src/signatures/index.js';
import antiDebugging from '../../src/signatures/trc-2-anti-debugging.js';

const other: Rule = {
  ...antiDebugging,
  metadata: { ...antiDebugging.metadata, id: 'TRC-9', name: 'Fileless Execution' },
};
const rules = [antiDebugging, other];

test('without names all rules run', () => {
  assert.equal(selectRules([]), builtinRules);
  assert.equal(selectRules([], rules), rules);
});

test('a rule is chosen by id or by name, in any case', () => {
  for (const name of ['TRC-2', 'trc-2', 'Anti-Debugging', 'ANTI-DEBUGGING']) {
    assert.deepEqual(selectRules([name], rules), [antiDebugging], name);
  }
});

test('a rule that is named twice runs once, and the order is that of the names', () => {
  assert.deepEqual(selectRules(['TRC-9', 'fileless execution', 'TRC-2'], rules), [other, antiDebugging]);
});

test('an unknown rule is refused with the nearest name', () => {
  assert.throws(() => selectRules(['TRC-2', 'anti-debuging'], rules), {
    code: 'UNKNOWN_RULE',
    status: 2,
    message: 'there is no rule "anti-debuging"',
    hint: 'did you mean Anti-Debugging?',
  });
});

test('an unknown rule that is like no other is refused with where the names are', () => {
  for (const name of ['something else', '']) {
    assert.throws(() => selectRules([name], rules), {
      code: 'UNKNOWN_RULE',
      message: `there is no rule "${name}"`,
      hint: 'tracee --list names all rules',
    });
  }
});

test('the rules that come with Tracee have ids and names of their own, and select what exists', () => {
  const metadata = builtinRules.map((rule) => rule.metadata);
  assert.equal(new Set(metadata.map(({ id }) => id)).size, builtinRules.length);
  assert.equal(new Set(metadata.map(({ name }) => name.toLowerCase())).size, builtinRules.length);
  for (const { id } of metadata) assert.match(id, /^TRC-\d+$/);
  const fail = (): never => assert.fail();
  const engine = new Engine({ rules: builtinRules, onFinding: fail, onRuleError: fail });
  assert.ok(engine.wanted.size > 0);
});
