import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argument, parseLines, root, runTracee, type JsonEvent } from './harness.js';

/* How threads and processes end, of which each is told by itself. */

interface ThreadEvent extends JsonEvent {
  readonly threadId: number;
  readonly parentProcessId: number;
}

/** Events of the child that an act makes and watches until it ends. */
function endsOf(act: string): readonly ThreadEvent[] {
  const { stdout, stderr, status } = runTracee([
    ...['trace', '--json', '--trace', 'event=do_exit,sched_process_exit,signal_deliver'],
    ...['--', `${root}dist/attacks/act-ends`, act],
  ]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, / 0 lost/);
  const events = parseLines<ThreadEvent>(stdout);
  const parent = events.at(-1)?.processId;
  return events.filter(({ processId }) => processId !== parent);
}

const named = (events: readonly ThreadEvent[], name: string): readonly ThreadEvent[] =>
  events.filter(({ eventName }) => eventName === name);

const exitOf = (event: ThreadEvent): readonly unknown[] => [
  event.threadId === event.processId ? 'leader' : 'thread',
  argument(event, 'exit_code'),
  argument(event, 'process_group_exit'),
];

test('a thread that ends is told with its own status, and the last one as the end of the process', () => {
  const events = endsOf('leader-first');
  assert.deepEqual(named(events, 'sched_process_exit').map(exitOf), [
    ['leader', 3 << 8, 0],
    ['thread', 7 << 8, 1],
  ]);
  assert.deepEqual(
    named(events, 'do_exit').map(({ returnValue }) => returnValue),
    [3 << 8, 7 << 8],
  );
  assert.deepEqual(named(events, 'signal_deliver'), []);
});

for (const [act, signal, number, dumpsCore] of [
  ['terminate-threads', 'SIGTERM', 15, 0],
  ['dump-threads', 'SIGQUIT', 3, 1],
] as const) {
  test(`a signal that ends a process of four threads is told once, and the end of each of them: ${act}`, () => {
    const events = endsOf(act);
    const ends = named(events, 'sched_process_exit');
    assert.equal(new Set(ends.map(({ threadId }) => threadId)).size, 4);
    assert.equal(ends.filter((event) => argument(event, 'process_group_exit') === 1).length, 1);
    for (const event of ends) assert.equal(Number(argument(event, 'exit_code')) & 0x7f, number);
    assert.equal(named(events, 'do_exit').length, 4);
    const [delivered, ...more] = named(events, 'signal_deliver');
    assert.deepEqual(more, []);
    assert.ok(delivered);
    const facts = Object.fromEntries(delivered.args.map(({ name, value }) => [name, value]));
    const sender = delivered.parentProcessId;
    assert.deepEqual(facts, {
      signal,
      code: 0,
      sender_pid: facts['sender_pid'],
      sender_ns_pid: sender,
      sender_comm: 'act-ends',
      ends_process: 1,
      dumps_core: dumpsCore,
    });
  });
}
