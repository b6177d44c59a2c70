import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOfSet, setNames } from '../../src/events/catalogue/index.js';
import { everything } from '../../src/tracing/scope.js';
import { nearest } from '../../src/text/nearest.js';
import { parseRecorded, parseScope, parseSelection } from '../../src/tracing/selection.js';

const help = 'expressions are event=NAME[,NAME], set=NAME[,NAME], pid=N[,N], tree=N[,N]';

function eventNames(...expressions: string[]): string[] {
  return parseSelection(expressions).events.map((event) => event.name);
}

function assertRefused(expression: string, wanted: { code: string; message: string; hint?: string }): void {
  assert.throws(() => parseSelection([expression]), { status: 2, ...wanted }, expression);
}

test('without expressions the default set is traced everywhere', () => {
  assert.deepEqual(parseSelection([]), { events: eventsOfSet('default'), scope: everything });
});

test('events are chosen by name, each once, in the order given', () => {
  assert.deepEqual(eventNames('event=ptrace,execve'), ['ptrace', 'execve']);
  assert.deepEqual(eventNames('event=ptrace', 'event=execve', 'event=ptrace'), ['ptrace', 'execve']);
});

test('sets are chosen by name, and join the events', () => {
  for (const set of setNames()) assert.deepEqual(parseSelection([`set=${set}`]).events, eventsOfSet(set));
  const wanted = [...eventsOfSet('system_module'), ...eventsOfSet('proc_mem')].map(({ name }) => name);
  assert.deepEqual(
    eventNames('set=system_module,proc_mem', 'event=execve').toSorted(),
    [...wanted, 'execve'].toSorted(),
  );
});

test('processes and trees narrow the scope and leave the default events', () => {
  const { events, scope } = parseSelection(['pid=1,4194304', 'tree=42', 'pid=7']);
  assert.deepEqual(events, eventsOfSet('default'));
  assert.deepEqual(scope, { isEverything: false, pids: [1, 4_194_304, 7], trees: [42] });
  assert.deepEqual(parseSelection(['event=ptrace', 'tree=3']).scope, {
    isEverything: false,
    pids: [],
    trees: [3],
  });
});

test('what is no expression is refused with all that is', () => {
  for (const text of [
    '',
    'execve',
    'event',
    'event=',
    '=execve',
    'event=execve,',
    'event=,execve',
    'pid=1,,2',
    'event =execve',
    'Event=execve',
    'comm=bash',
    'event!=execve',
    ' event=execve',
  ]) {
    assertRefused(text, { code: 'INVALID_FILTER', message: `"${text}" is no trace expression`, hint: help });
  }
});

test('an unknown event or set is refused with the nearest name, or with where the names are', () => {
  assertRefused('event=execv', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no event "execv"',
    hint: 'did you mean execve?',
  });
  assertRefused('event=security_file_opened', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no event "security_file_opened"',
    hint: 'did you mean security_file_open?',
  });
  assertRefused('event=execve,frobnicate', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no event "frobnicate"',
    hint: 'tracee trace --list names all events',
  });
  assertRefused('event=constructor', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no event "constructor"',
    hint: 'tracee trace --list names all events',
  });
  assertRefused('set=defualt', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no set "defualt"',
    hint: 'did you mean default?',
  });
  assertRefused('set=everything', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no set "everything"',
    hint: 'tracee trace --list names all sets',
  });
});

test('what is no process id is refused with the range', () => {
  for (const text of ['0', '-1', '4194305', '1e3', '0x10', '1.5', ' 1', 'self', '99999999999999999999']) {
    for (const name of ['pid', 'tree']) {
      assertRefused(`${name}=${text}`, {
        code: 'INVALID_FILTER',
        message: `"${text}" is no process id`,
        hint: 'a process id is a number from 1 to 4194304',
      });
    }
  }
});

test('a scope alone takes processes and trees, and nothing else', () => {
  assert.deepEqual(parseScope([]), everything);
  assert.deepEqual(parseScope(['pid=1', 'tree=2,3']), { isEverything: false, pids: [1], trees: [2, 3] });
  for (const text of ['event=execve', 'set=proc', 'pid', 'pid:1', '']) {
    assert.throws(() => parseScope(['pid=1', text]), {
      code: 'INVALID_FILTER',
      status: 2,
      message: `"${text}" is no scope`,
      hint: 'a scope is pid=N[,N] or tree=N[,N]',
    });
  }
  assert.throws(() => parseScope(['tree=none']), { message: '"none" is no process id' });
});

test('what is recorded is events and sets, and nothing else', () => {
  assert.deepEqual(parseRecorded([]), eventsOfSet('default'));
  assert.deepEqual(
    parseRecorded(['event=ptrace', 'set=lsm_hooks']).map((event) => event.name),
    ['ptrace', ...eventsOfSet('lsm_hooks').map((event) => event.name)],
  );
  assert.throws(() => parseRecorded(['event=ptrace', 'pid=1']), {
    code: 'INVALID_FILTER',
    status: 2,
    message: '"pid=1" names no events',
    hint: 'events are named by event=NAME[,NAME] or set=NAME[,NAME]; --scope chooses processes',
  });
});

test('the nearest name is one that can have been meant', () => {
  const names = ['execve', 'execveat', 'ptrace'];
  assert.equal(nearest('EXECVE', names), 'execve');
  assert.equal(nearest('exceve', names), 'execve');
  assert.equal(nearest('execvat', names), 'execveat');
  assert.equal(nearest('mmap', names), undefined);
  assert.equal(nearest('ptrace', []), undefined);
});
