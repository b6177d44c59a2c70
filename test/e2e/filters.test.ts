import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import { parseLines, runTracee, type JsonEvent } from './harness.js';

/* What the filters of `--trace` let through, in the kernel and where events are read. */

/** Whole paths, since busybox runs its own commands without looking for a file. */
const work =
  '/bin/ls / >/dev/null; /bin/cat /etc/hostname >/dev/null 2>&1; /bin/sh -c "/bin/ls /tmp >/dev/null; true"';
/** Busybox is all of them. */
const areSameProgram = realpathSync('/bin/sh') === realpathSync('/bin/ls');

/** Events of a shell that does the work, by what was asked for. */
function eventsOf(...expressions: string[]): readonly JsonEvent[] {
  const { status, stdout, stderr } = runTracee([
    ...['trace', '--json', ...expressions.flatMap((one) => ['--trace', one])],
    ...['--', '/bin/sh', '-c', work],
  ]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, / 0 lost/);
  return stdout === '' ? [] : parseLines<JsonEvent>(stdout);
}

const commsOf = (events: readonly JsonEvent[]): Set<string> =>
  new Set(events.map(({ processName }) => processName));

test('comm= lets through processes of that name alone, and comm!= all others', () => {
  const only = eventsOf('event=openat', 'comm=ls');
  assert.ok(only.length > 0);
  assert.deepEqual(commsOf(only), new Set(['ls']));
  const others = commsOf(eventsOf('event=openat,execve', 'comm!=ls'));
  assert.ok(others.has('cat') && others.has('sh') && !others.has('ls'));
});

test('a program that is started is judged by who starts it, and told whole', () => {
  const started = eventsOf('event=execve', 'comm=sh');
  const paths = started.map(({ args }) => String(args[0]?.value));
  assert.equal(paths.filter((path) => path.endsWith('/ls')).length, 2);
  for (const { args, returnValue } of started) if (returnValue === 0) assert.equal(args.length, 2);
  assert.deepEqual(eventsOf('event=execve', 'comm=ls'), []);
});

test('follow adds all that descends from what passed, whatever it is called', () => {
  const events = eventsOf('event=openat', `binary=${realpathSync('/bin/sh')}`, 'follow');
  const comms = commsOf(events);
  assert.ok(comms.has('sh') && comms.has('ls') && comms.has('cat'));
  const shells = commsOf(eventsOf('event=openat', `binary=${realpathSync('/bin/sh')}`));
  assert.ok(shells.has('sh'));
  assert.equal(shells.has('ls'), areSameProgram);
});

test('uid, pid and namespaces are compared', () => {
  const all = eventsOf('event=openat', 'uid=0');
  assert.ok(all.length > 4);
  const [first] = all;
  assert.ok(first !== undefined);
  assert.deepEqual(eventsOf('event=openat', 'uid>0'), []);
  assert.ok(eventsOf('event=openat', `mntns=${first.mountNamespace}`).length > 4);
  assert.deepEqual(eventsOf('event=openat', `mntns!=${first.mountNamespace}`), []);
  assert.deepEqual(eventsOf('event=openat', `pidns!=${first.pidNamespace}`), []);
  assert.ok(eventsOf('event=openat', `uts="${first.hostName}"`).length > 4);
  assert.deepEqual(eventsOf('event=openat', 'pid<2'), []);
  assert.ok(eventsOf('event=openat', 'pid=new').length > 4);
});

test('arguments and results are compared', () => {
  const opened = eventsOf('openat.pathname=/etc/*', 'openat.retval>=0');
  assert.ok(opened.length > 0);
  for (const { eventName, args, returnValue } of opened) {
    assert.equal(eventName, 'openat');
    assert.match(String(args.find(({ name }) => name === 'pathname')?.value), /^\/etc\//);
    assert.ok(returnValue >= 0);
  }
  const failed = eventsOf('event=openat,close', 'openat.retval<0');
  assert.ok(failed.some(({ eventName }) => eventName === 'close'));
  for (const { eventName, returnValue } of failed) if (eventName === 'openat') assert.ok(returnValue < 0);
});

/** Events that the kernel counted, beside those that were printed. */
function countsOf(...expressions: string[]): { counted: number; printed: readonly JsonEvent[] } {
  const { status, stdout, stderr } = runTracee([
    ...['trace', '--json', ...expressions.flatMap((one) => ['--trace', one])],
    ...['--', '/bin/sh', '-c', work],
  ]);
  assert.equal(status, 0, stderr);
  const counted = Number(/tracee: (\d+) events?/.exec(stderr)?.[1]);
  return { counted, printed: stdout === '' ? [] : parseLines<JsonEvent>(stdout) };
}

function pathOf({ args }: JsonEvent): string {
  const path = args.find(({ name }) => name === 'pathname')?.value;
  return typeof path === 'string' ? path : '';
}

test('the kernel hands on no event whose arguments or result are not as asked', () => {
  const all = countsOf('event=openat').printed;
  const long = 'x'.repeat(65);
  const kinds: [expressions: string[], fits: (event: JsonEvent) => boolean][] = [
    [['openat.pathname=/etc/*'], (event) => pathOf(event).startsWith('/etc/')],
    [['openat.pathname=*.cache'], (event) => pathOf(event).endsWith('.cache')],
    [['openat.pathname=/etc/ld.so.cache'], (event) => pathOf(event) === '/etc/ld.so.cache'],
    [['openat.pathname=/,/tmp,/etc/*'], (event) => /^\/(?:tmp|etc\/.*)?$/.test(pathOf(event))],
    [['openat.pathname!=/etc/*,*.cache'], (event) => !/^\/etc\/|\.cache$/.test(pathOf(event))],
    [
      ['openat.pathname!=/etc/*', 'openat.retval>=0'],
      (event) => !pathOf(event).startsWith('/etc/') && event.returnValue >= 0,
    ],
    [['openat.retval<0'], ({ returnValue }) => returnValue < 0],
    [['openat.retval=3,4'], ({ returnValue }) => returnValue === 3 || returnValue === 4],
    [['openat.dirfd=AT_FDCWD'], () => true],
    [['openat.dirfd<-100'], () => false],
    [['openat.dirfd>=-100', 'openat.dirfd<=-100'], () => true],
    [['openat.dirfd!=AT_FDCWD'], () => false],
    [[`openat.pathname!="${long}"`], () => true],
  ];
  for (const [expressions, fits] of kinds) {
    const { counted, printed } = countsOf(...expressions);
    const name = expressions.join(' ');
    assert.ok(printed.every(fits), `${name} let through another: ${printed.map(pathOf).join(' ')}`);
    assert.equal(printed.length, all.filter(fits).length, name);
    const isInKernel = !name.includes(long);
    assert.equal(counted, isInKernel ? printed.length : all.length, name);
  }
});

test('sets and beginnings of names choose events, and others leave some out', () => {
  const names = (...expressions: string[]): Set<string> =>
    new Set(eventsOf(...expressions).map(({ eventName }) => eventName));
  const files = names('s=fs', 'event!=close', 'comm=ls');
  assert.ok(files.has('openat') && !files.has('close') && !files.has('mmap'));
  assert.deepEqual(names('event=open*', 'comm=ls'), new Set(['openat']));
});
