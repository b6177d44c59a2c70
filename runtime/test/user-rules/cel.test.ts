import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';
import { compile } from '../../src/user-rules/cel/compile.js';
import { ExpressionError } from '../../src/user-rules/cel/mistakes.js';
import { selectorFor } from '../../src/user-rules/cel/selector.js';
import { compileTemplate } from '../../src/user-rules/cel/template.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

function definitionOf(name: string): EventDefinition {
  const definition = findEvent(name);
  assert.ok(definition, name);
  return definition;
}

function evaluate(text: string, content: RecordContent): unknown {
  return compile(text, definitionOf(content.event)).evaluate(recordedEvent(content));
}

const exec: RecordContent = {
  event: 'sched_process_exec',
  fields: { comm: 'bash', uid: 33, host_pid: 7, flags: 16, executable_uid: 0, executable_links: 1 },
  executable: { bytes: '/bin/bash' },
  ancestors: [{ hostPid: 5, pid: 5, startTime: 1n, comm: 'nginx' }],
  args: { pathname: { bytes: '/bin/bash' }, argv: { bytes: 'bash\0-i\0' }, storage: 2, size: 2n ** 60n },
};

const holds: [text: string, expected: unknown][] = [
  ['args.pathname == "/bin/bash"', true],
  ['basename(args.pathname) in ["sh", "bash"]', true],
  ['"-i" in args.argv && size(args.argv) == 2', true],
  ['args.argv.exists(a, a.startsWith("-"))', true],
  ['event.ancestors.exists(a, a.comm == "nginx")', true],
  ['event.executable == "/bin/bash" && event.executableFile.uid == 0', true],
  ['event.hasTerminal && !event.isForked', true],
  ['named.storage == "memory" && args.storage == 2', true],
  ['args.size == 1152921504606846976', true],
  ['event.uid == 33 && event.comm.matches("^b.s")', true],
  ['event.name == "sched_process_exec"', true],
  // What was not recorded is neither true nor false, unless the rest decides.
  ['args.cmdpath == "bash"', undefined],
  ['args.cmdpath == "bash" || event.uid == 33', true],
  ['args.cmdpath == "bash" && event.uid == 34', false],
  ['has(args.cmdpath)', false],
  ['args.argv[7] == "x"', undefined],
  // A dot and `matches` within a string are text.
  ['"a.matches(b)" == \'a.matches(b)\'', true],
];
for (const [text, expected] of holds) {
  test(`${text} gives ${String(expected)}`, () => {
    assert.equal(evaluate(text, exec), expected);
  });
}

test('flags are compared by bits and by name', () => {
  const open: RecordContent = { event: 'security_file_open', args: { flags: 0o1101 } };
  assert.equal(evaluate('hasBits(args.flags, O_WRONLY + O_CREAT)', open), true);
  assert.equal(evaluate('hasBits(args.flags, O_EXCL + O_CREAT)', open), false);
  assert.equal(evaluate('hasAnyBit(args.flags, O_EXCL + O_CREAT)', open), true);
  assert.equal(evaluate('named.flags.contains("O_TRUNC")', open), true);
});

test('a pattern that would occupy a backtracking matcher for hours gives its answer', () => {
  const comm = { event: 'execve', args: { pathname: { bytes: `${'a'.repeat(4000)}!` } } };
  assert.equal(evaluate('args.pathname.matches("^(a+)+$")', comm), false);
});

test('what fails otherwise than by an absence is an error', () => {
  assert.throws(() => evaluate('1 / event.returnValue == 1', exec), /division by zero/i);
});

const mistakes: [event: string, text: string, message: RegExp, offset: number, hint: RegExp][] = [
  ['ptrace', 'args.reqest == 1', /ptrace has no argument "reqest"/, 5, /did you mean request\?/],
  ['ptrace', 'args["reqest"] == 1', /no argument "reqest"/, 0, /did you mean request/],
  ['ptrace', 'has(args.reqest)', /no argument "reqest"/, 9, /did you mean request/],
  ['ptrace', 'event.com == "x"', /no event\.com/, 6, /did you mean comm\?/],
  ['ptrace', 'evnt.comm == "x"', /there is no "evnt"/, 0, /did you mean event\?/],
  ['ptrace', 'event.ancestors.exists(a, a.com == "x")', /no a\.com/, 28, /did you mean comm/],
  ['ptrace', 'args.request == PTRACE_TRACEM', /no "PTRACE_TRACEM"/, 16, /did you mean PTRACE_TRACEME\?/],
  [
    'ptrace',
    'named.request == "PTRACE_TRACEM"',
    /never "PTRACE_TRACEM"/,
    17,
    /did you mean PTRACE_TRACEME\?/,
  ],
  ['ptrace', 'named.request in ["PTRACE_TRACEME", "x"]', /never "x"/, 36, /its values are PTRACE_TRACEME, /],
  ['ptrace', 'named.pid == "x"', /"pid" whose values have names/, 6, /it has request/],
  ['ptrace', 'args.request == "x"', /int == string/, 0, /^$/],
  ['ptrace', 'args.pid & 4 == 4', /Unexpected character: &/, 9, /hasBits/],
  ['ptrace', 'hasBit(args.pid, 4)', /hasBit/, 0, /did you mean hasBits\?/],
  ['execve', 'args.pathname.matches("(")', /pattern cannot be used/, 22, /RE2/],
  ['execve', 'args.pathname.matches(3)', /matches/, 0, /^$/],
  ['ptrace', `args.pid == ${'1 + '.repeat(3000)}1`, /4096 are the limit/, 0, /^$/],
  ['ptrace', `${'('.repeat(500)}true${')'.repeat(500)}`, /depth|deep/i, 64, /^$/],
];
for (const [event, text, message, offset, hint] of mistakes) {
  test(`the mistake in ${text.slice(0, 50)} is told with its place`, () => {
    assert.throws(
      () => compile(text, definitionOf(event), 'bool'),
      (error) => {
        assert.ok(error instanceof ExpressionError);
        assert.match(error.message, message);
        assert.match(error.hint ?? '', hint);
        assert.equal(error.offset, offset);
        assert.doesNotMatch(error.message, /re2find/);
        return true;
      },
    );
  });
}

test('a condition that is no truth value is refused', () => {
  assert.throws(
    () => compile('event.comm', definitionOf('ptrace'), 'bool'),
    /gives string, and must give bool/,
  );
});

const selectors: [event: string, text: string, narrowed: object][] = [
  ['ptrace', 'args.request == PTRACE_TRACEME', { where: { request: [0] } }],
  ['ptrace', 'PTRACE_TRACEME == args.request && event.uid == 0', { where: { request: [0] } }],
  ['ptrace', 'args.request in [4, 5]', { where: { request: [4, 5] } }],
  ['ptrace', 'args.request == 4 || args.request == 5', { where: { request: [4, 5] } }],
  ['ptrace', 'args.pid == -1', { where: { pid: [-1] } }],
  ['ptrace', 'named.request == "PTRACE_SEIZE"', { where: { request: [0x4206] } }],
  ['execve', 'args.pathname == "/bin/sh"', { where: { pathname: ['/bin/sh'] } }],
  ['loader_environment', 'args.is_secure', { where: { is_secure: [1] } }],
  ['loader_environment', '!args.is_secure', { where: { is_secure: [0] } }],
  ['security_mmap_file', 'hasBits(args.prot, PROT_WRITE + PROT_EXEC)', { bits: { prot: 6 } }],
  // What holds only sometimes where the condition holds narrows nothing.
  ['ptrace', 'args.request == 4 || event.uid == 0', {}],
  ['ptrace', 'args.request == 4 || args.pid == 5', {}],
  ['ptrace', '!(args.request == 4)', {}],
  ['ptrace', 'args.request != 4', {}],
  ['ptrace', 'args.request in [4, args.pid]', {}],
  ['ptrace', 'args.request > 3', {}],
  ['ptrace', 'event.uid == 0 ? args.request == 4 : true', {}],
  ['security_mmap_file', 'hasBits(args.prot, 0)', {}],
];
for (const [event, text, narrowed] of selectors) {
  test(`${text} asks the kernel for ${JSON.stringify(narrowed)}`, () => {
    const { ast } = compile(text, definitionOf(event));
    assert.deepEqual(selectorFor(definitionOf(event), [ast]), { event, ...narrowed });
  });
}

test('a text has values in it, and says what was not recorded', () => {
  const fill = (text: string): string => compileTemplate(text, definitionOf(exec.event))(recordedEvent(exec));
  assert.equal(fill('ran {args.pathname} ({args.argv}) as {event.uid}'), 'ran /bin/bash (bash -i) as 33');
  assert.equal(fill('{args.cmdpath}'), '(not recorded)');
  assert.equal(fill('{{braces}} {"}" + event.comm}'), '{braces} }bash');
  assert.throws(() => fill('started {args.pathname'), /a brace has no partner/);
  assert.throws(
    () => fill('started {args.pathnam}'),
    (error) => error instanceof ExpressionError && error.offset === 14,
  );
});

test('a value of an attacker does not make a finding longer than a line', () => {
  const content = { event: 'execve', args: { pathname: { bytes: 'x'.repeat(4000) } } };
  const text = compileTemplate('{args.pathname}', definitionOf('execve'))(recordedEvent(content));
  assert.equal(text.length, 513);
});
