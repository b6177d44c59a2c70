import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEvent } from '../../../src/events/catalogue/index.js';
import type { ArgumentValue, TracedEvent } from '../../../src/events/record.js';
import { parseSelection, passesFilters } from '../../../src/tracing/selection.js';

/** As much of an event as filters look at. */
function event(name: string, values: Record<string, ArgumentValue>, returnValue = 0): TracedEvent {
  const definition = findEvent(name);
  assert.ok(definition !== undefined, name);
  return {
    definition,
    returnValue,
    arguments: definition.arguments.flatMap((one) => {
      const value = values[one.name];
      return value === undefined ? [] : [{ definition: one, value }];
    }),
  } as unknown as TracedEvent;
}

function passes(expressions: string[], ...of: Parameters<typeof event>): boolean {
  return passesFilters(parseSelection(expressions).filters, event(...of));
}

test('texts are compared whole, by their beginning, by their end, and by what they hold', () => {
  const open = (pathname: string, ...expressions: string[]): boolean =>
    passes(expressions, 'openat', { pathname });
  assert.ok(open('/etc/passwd', 'openat.pathname=/etc/passwd'));
  assert.ok(!open('/etc/passwd-', 'openat.pathname=/etc/passwd'));
  assert.ok(open('/etc/passwd', 'openat.pathname=/etc/*'));
  assert.ok(open('/lib/x.so', 'openat.pathname=*.so'));
  assert.ok(open('/lib/x.so.6', 'openat.pathname=*x.so*'));
  assert.ok(open('/a,b', 'openat.pathname="/a,b"'));
  assert.ok(!open('/etc/passwd', 'openat.pathname="/etc/*"'));
  assert.ok(open('/tmp/x', 'openat.pathname=/etc/*,/tmp/*'));
  assert.ok(open('/tmp/x', 'openat.pathname=/etc/*', 'openat.pathname=/tmp/*'));
  assert.ok(!open('/etc/shadow', 'openat.pathname=/etc/*', 'openat.pathname!=*shadow'));
});

test('numbers are compared by value, in decimal and hexadecimal, by names and by order', () => {
  const flags = (text: string): boolean => passes([text], 'openat', { flags: 577 });
  assert.ok(flags('openat.flags=577'));
  assert.ok(flags('openat.flags=0x241'));
  assert.ok(flags('openat.flags=O_WRONLY|O_CREAT|O_TRUNC'));
  assert.ok(!flags('openat.flags=O_RDONLY'));
  assert.ok(flags('openat.flags>=577'));
  assert.ok(!flags('openat.flags<577'));
  assert.ok(passes(['openat.dirfd=-100'], 'openat', { dirfd: -100 }));
  assert.ok(passes(['mmap.addr=0x0'], 'mmap', { addr: '0x0' }));
  assert.ok(passes(['ptrace.request=PTRACE_TRACEME'], 'ptrace', { request: 0 }));
  assert.ok(passes(['mmap.length>4294967296'], 'mmap', { length: 1n << 40n }));
});

test('results are compared by order too', () => {
  assert.ok(passes(['openat.retval<0'], 'openat', {}, -2));
  assert.ok(!passes(['openat.retval<0'], 'openat', {}, 3));
  assert.ok(passes(['openat.retval!=-2,-13'], 'openat', {}, -1));
});

test('lists of texts pass by one of them, or as the original wrote them', () => {
  const list = { argv: ['ls', '-l', '/tmp'] };
  assert.ok(passes(['execve.argv=-l'], 'execve', list));
  assert.ok(passes(['execve.argv=[ls*'], 'execve', list));
  assert.ok(!passes(['execve.argv=cat'], 'execve', list));
});

test('a filter is for its own event, and what could not be read does not pass', () => {
  assert.ok(passes(['openat.pathname=/etc/*'], 'close', { fd: 3 }));
  assert.ok(!passes(['openat.pathname!=/etc/*'], 'openat', { dirfd: 3 }));
});
