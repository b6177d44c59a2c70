import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builder, root, shared, tracee, traceeRules } from './harness.js';

/*
 * A program whose name, path and arguments are what a terminal, a browser or a reader of lines would obey, 4 KB of
 * it, and bytes that are no UTF-8. What it is shown as must be harmless, and JSON must still say what it was.
 */

const directory = mkdtempSync(join(tmpdir(), 'tracee-hostile-'));
after(() => {
  rmSync(directory, { recursive: true });
});

/** What each of them is: in a name or an argument, the slash only in an argument. */
const parts = {
  markup: '<script>alert(1)</script>',
  colour: '\u001b[31m\u001b[2J',
  title: '\u001b]0;owned\u0007',
  line: '\ntracee: forged\r',
  control: '\u007f\b\t',
  c1: '\u009b31m\u0085',
  direction: '\u202egpj\u2066\ufeff',
  separators: '\u2028\u2029',
  quotes: '"\'`$(id)\\',
};
const everything = Object.values(parts).join('');
const notUtf8 = Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xb3, 0xbf]);
const argument = Buffer.concat([Buffer.from(everything), notUtf8, Buffer.alloc(4096, 'A')]);

/** 15 bytes are what the kernel keeps as the name of a command. */
const commBytes = Buffer.concat([Buffer.from('<b>\u001b[2J\n\u202e'), Buffer.from([0xff, 0x7f, 0x0d])]);

/** Almost all that a path may have (PATH_MAX), of directories that may have 255 bytes each. */
function makeProgram(): Buffer {
  const name = Buffer.from(everything.replaceAll('/', '|').padEnd(200, '\u00e9').slice(0, 150));
  let path = Buffer.from(directory);
  while (path.length + name.length + 40 < 4000) {
    path = Buffer.concat([path, Buffer.from('/'), name]);
    mkdirSync(path);
  }
  const program = Buffer.concat([path, Buffer.from('/'), commBytes]);
  copyFileSync(`${root}dist/attacks/ad-traceme`, program);
  return program;
}

/** A shell script, since no string of JavaScript can be an argument that is no UTF-8. */
const script = shared(async () => {
  const path = join(directory, 'run.sh');
  const quoted = (bytes: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from("'"),
      Buffer.from(bytes.toString('latin1').replaceAll("'", "'\\''"), 'latin1'),
      Buffer.from("'"),
    ]);
  const program = makeProgram();
  writeFileSync(
    path,
    Buffer.concat([quoted(program), Buffer.from(' '), quoted(argument), Buffer.from('\n')]),
  );
  return Promise.resolve({ path, program });
});

interface Bytes {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

function runBytes(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Bytes {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    timeout: 300_000,
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

/** Characters that change what a terminal shows around them, or begin a line; the line ends of the output excepted. */
const obeyed =
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

function assertHarmless(bytes: Buffer, what: string): string {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  for (const line of text.split('\n')) {
    assert.doesNotMatch(line, obeyed, `${what}: ${JSON.stringify(line.slice(0, 300))}`);
    assert.doesNotMatch(line, /^tracee: forged/, what);
  }
  return text;
}

/** U+DCxx back to the byte that it stands for. */
function toBytes(text: string): Buffer {
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code & 0xff]) : Buffer.from(character);
    }),
  );
}

interface Recorded {
  readonly eventName: string;
  readonly processName: string;
  readonly executable: string | null;
  readonly args: { name: string; value: unknown }[];
}

function argumentOf({ args }: Recorded, name: string): unknown {
  return args.find((one) => one.name === name)?.value;
}

test('the table of events shows it as text, one line for each event', async () => {
  const { path } = await script();
  const { stdout, stderr, status } = runBytes(tracee, [
    ...['trace', '--trace', 'event=execve,ptrace,sched_process_exec', '--', '/bin/sh', path],
  ]);
  assert.equal(status, 0, stderr.toString());
  assertHarmless(stderr, 'stderr');
  const [head, ...rows] = assertHarmless(stdout, 'table').trimEnd().split('\n');
  assert.match(head ?? '', /^TIME/);
  for (const row of rows) assert.match(row, /^\d+\.\d{6} +\d+ /);
  assert.ok(
    rows.some((row) => row.includes(String.raw`<b>\x1b[2J\x0a\u202e\xff\x7f`)),
    rows.at(-1),
  );
  assert.ok(rows.some((row) => row.includes('<script>alert(1)</script>\\x1b[31m')));
});

test('events as JSON are one line each, and say to the byte what was there', async () => {
  const { path, program } = await script();
  const { stdout } = runBytes(tracee, [
    ...['trace', '--output', 'json', '--trace', 'event=execve,ptrace', '--', '/bin/sh', path],
  ]);
  const lines = assertHarmless(stdout, 'JSON').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Recorded);
  const execution = events.find((event) => String(argumentOf(event, 'pathname')).includes('<script>'));
  assert.ok(execution);
  const [, seen] = argumentOf(execution, 'argv') as string[];
  assert.equal(toBytes(String(argumentOf(execution, 'pathname'))).toString('hex'), program.toString('hex'));
  // A record has no room for all of it beside the path.
  const seenBytes = toBytes(seen ?? '');
  assert.ok(seenBytes.length > Buffer.byteLength(everything), String(seen));
  assert.equal(seenBytes.toString('hex'), argument.subarray(0, seenBytes.length).toString('hex'));
  const act = events.find(({ eventName }) => eventName === 'ptrace');
  assert.deepEqual(toBytes(act?.processName ?? ''), commBytes);
});

test('a finding shows it as text: for people, as JSON, by a template, and in what is recorded', async () => {
  const { path } = await script();
  const template = join(directory, 'a.tmpl');
  const record = join(directory, 'record.json');
  writeFileSync(
    template,
    '{{.Context.ProcessName}} {{.Context.Executable}} {{json .Context}} {{.Exception}}\n',
  );
  for (const args of [[], ['--json'], ['--output', `template=${template}`], ['--record', record]]) {
    const { stdout, stderr, status } = runBytes(tracee, ['--rules', 'TRC-2', ...args, '--', '/bin/sh', path]);
    assert.equal(status, 0, stderr.toString());
    assertHarmless(stderr, `stderr of ${args.join(' ')}`);
    const text = assertHarmless(stdout, `stdout of ${args.join(' ')}`);
    assert.ok(text.includes('<b>'), text);
    if (args[0] === '--json') {
      assert.equal(text.trimEnd().split('\n').length, 1);
      const { event } = JSON.parse(text) as { event: Recorded };
      assert.deepEqual(toBytes(event.processName), commBytes);
    }
  }
  assertHarmless(readFileSync(record), 'record');
});

test('names of files are shown as text, whatever is wrong with the files', () => {
  const name = join(directory, everything.replaceAll('/', '|'));
  const rule = `${name}.yaml`;
  writeFileSync(
    rule,
    `id: "A\\e[31m\\n"\nname: "\\u202e"\nseverity: "low\\e[2J"\n${everything.replaceAll('\n', ' ')}`,
  );
  const object = `${name}.o`;
  writeFileSync(object, 'no object', { mode: 0o644 });
  const events = `${name}.json`;
  writeFileSync(
    events,
    `${JSON.stringify({ eventName: everything, processName: everything })}\n${everything}\n`,
  );
  const calls: [program: string, args: string[], env?: NodeJS.ProcessEnv][] = [
    [tracee, ['rules', 'check', rule]],
    [tracee, ['rules', 'check', '--json', rule]],
    [tracee, ['rules', 'test', rule]],
    [tracee, ['--list', '--rules-dir', rule]],
    [tracee, ['--rules-dir', `${name}-not-there`, '--list']],
    [tracee, ['--rules', everything, '--list']],
    [tracee, ['--output', `template=${name}-not-there`, '--', '/bin/true']],
    [tracee, ['--record', `${name}-not-there/x`, '--', '/bin/true']],
    [tracee, ['--', '/bin/true'], { TRACEE_BPF_FILE: object }],
    [tracee, ['doctor'], { TRACEE_BPF_FILE: object }],
    [tracee, ['doctor', '--json'], { TRACEE_BPF_FILE: object }],
    [tracee, ['trace', '--trace', `event=${everything}`]],
    [tracee, [`--${everything}`]],
    [tracee, ['trace', '--output', everything]],
    [traceeRules, ['--input-tracee', `file:${events}`]],
    [traceeRules, ['--input-tracee', `file:${events}-not-there`]],
    [builder, ['inspect', object]],
    [builder, ['check', object]],
    [builder, ['list', `${name}-not-there`]],
    [builder, ['build', '--kernel', everything]],
    [builder, [`--${everything}`]],
  ];
  for (const [program, args, env] of calls) {
    const { stdout, stderr } = runBytes(program, args, env);
    assertHarmless(stdout, `stdout of ${args.join(' ')}`);
    assertHarmless(stderr, `stderr of ${args.join(' ')}`);
    assert.ok(stdout.length + stderr.length > 0, args.join(' '));
  }
});
