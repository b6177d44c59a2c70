import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEvent } from '../../src/events/catalogue/index.js';
import { maxSyscalls } from '../../src/events/layout.js';
import { eventsByNumber } from '../../src/tracing/syscall-entries.js';

const idOf = (name: string): number | undefined => findEvent(name)?.id;

test('every number of a call leads to its event, of 32-bit callers by their own table', () => {
  const x86 = eventsByNumber('x86_64');
  assert.equal(x86.length, 2 * maxSyscalls);
  assert.equal(x86[42], idOf('connect'));
  assert.equal(x86[maxSyscalls + 362], idOf('connect'));
  assert.equal(x86[maxSyscalls + 102], idOf('socketcall'));
  assert.equal(eventsByNumber('aarch64')[203], idOf('connect'));
});

test('a number that no call has leads to none, and not to the call with number 0', () => {
  const noCall = 0xffff_ffff;
  assert.equal(eventsByNumber('x86_64')[maxSyscalls - 1], noCall);
  assert.equal(eventsByNumber('aarch64')[maxSyscalls - 1], noCall);
});
