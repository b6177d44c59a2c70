import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOfSet, setNames } from '../../src/events/catalogue/index.js';
import { everything } from '../../src/tracing/scope.js';
import { nearest } from '../../src/text/nearest.js';
import { parseRecorded, parseScope, parseSelection } from '../../src/tracing/selection.js';

function eventNames(...expressions: string[]): string[] {
  return parseSelection(expressions).events.map((event) => event.name);
}

function assertRefused(expression: string, wanted: { code: string; message: string; hint?: string }): void {
  assert.throws(() => parseSelection([expression]), { status: 2, ...wanted }, expression);
}

test('without expressions the default set is traced everywhere', () => {
  assert.deepEqual(parseSelection([]), { events: eventsOfSet('default'), scope: everything, filters: [] });
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

test('words are cut short as the original took them, and no others', () => {
  assert.deepEqual(eventNames('e=ptrace'), ['ptrace']);
  assert.deepEqual(eventNames('s=system_module'), eventNames('set=system_module'));
  assert.deepEqual(parseSelection(['p=7']).scope.pids, [7]);
  assert.equal(parseSelection(['u=0']).scope.filters?.[0]?.field, 'uid');
  assert.equal(parseSelection(['f']).scope.follows, true);
  for (const text of ['com=sh', 'ut=host', 'mnt=1', 'tre=1', 't=1']) {
    assertRefused(text, { code: 'INVALID_FILTER', message: `"${text}" is no trace expression` });
  }
});

test('events are left out by name and by set, and named by a beginning', () => {
  assert.ok(!eventNames('set=fs', 'event!=open,openat').includes('open'));
  assert.ok(eventNames('set=fs', 'event!=open,openat').includes('openat2'));
  assert.ok(!eventNames('set!=net').includes('connect'));
  assert.deepEqual(eventNames('event=open*', 'event!=open_*').toSorted(), ['open', 'openat', 'openat2']);
  assertRefused('event=frob*', {
    code: 'UNKNOWN_EVENT',
    message: 'there is no event "frob*"',
    hint: 'tracee trace --list names all events',
  });
  assert.throws(() => parseSelection(['event=ptrace', 'event!=ptrace']), {
    message: 'no event is left to trace',
  });
});

test('a filter on an argument chooses its event', () => {
  assert.deepEqual(eventNames('openat.pathname=/etc/*', 'close.retval<0'), ['openat', 'close']);
});

test('what is no expression is refused with the reason', () => {
  const none = 'is no trace expression';
  for (const [text, problem] of [
    ['', none],
    ['execve', none],
    ['=execve', none],
    ['event =execve', none],
    ['Event=execve', none],
    [' event=execve', none],
    ['event', 'has no value'],
    ['uid', 'has no value'],
    ['follow=1', 'has a value, and follow takes none'],
    ['event=', 'has an empty value'],
    ['event=execve,', 'has an empty value'],
    ['event=,execve', 'has an empty value'],
    ['pid=1,,2', 'has an empty value'],
    ['event>execve', 'orders names'],
    ['tree!=1', 'does not name a tree'],
    ['pid=new,1', 'says more than whether a process is new'],
    ['uid==0', 'needs a number, and "=0" is none'],
    ['uid=0x', 'needs a number, and "0x" is none'],
    ['uid=4294967296', 'has a number that is not from 0 to 4294967295'],
    ['uid>1,2', 'compares with 2 numbers'],
    ['comm<sh', 'compares names'],
    ['comm=sh*', 'has a star'],
    ['comm="sh', 'has a quote that is not closed, or text behind one'],
    ['comm="sh"x', 'has a quote that is not closed, or text behind one'],
    ['binary=/nothing/here', 'names no file: /nothing/here'],
    ['openta.flags=1', 'names no event: there is no openta'],
    ['openat.flag=1', 'names no argument of openat'],
    ['openat.pathname>a', 'compares with a text'],
    ['openat.dirfd=x', 'needs a number, and "x" is none'],
    ['constructor.name=1', 'names no event: there is no constructor'],
  ] as const) {
    assertRefused(text, { code: 'INVALID_FILTER', message: `"${text}" ${problem}` });
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
