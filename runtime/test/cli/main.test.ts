import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorTable } from '../../src/errors.js';
import { catalogue } from '../../src/events/catalogue/index.js';
import { builtinRules } from '../../src/signatures/index.js';

/* What needs neither privileges nor an object. Runs the built program: `make build` first. */

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A user without privileges. */
const nobody = 65_534;

function tracee(args: readonly string[], env: NodeJS.ProcessEnv = {}, uid?: number): Outcome {
  const { VERSION: _version, RELEASE_TAG: _tag, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...clean, ...env },
    ...(uid === undefined || process.getuid?.() !== 0 ? {} : { uid, gid: uid }),
  });
  return { status, stdout, stderr };
}

const help = tracee(['--help']);

const commonOptions = [
  '--plan',
  '--json',
  '--hooks',
  '--buffer',
  '--install-path',
  '--no-portable',
  '--help',
];
const detectOptions = [
  ...['--list', '--verbose', '--rules', '--rules-dir', '--signals', '--output', '--dedup-window'],
  ...['--rate-limit', '--scope', '--record', '--trace', '--version'],
];
const traceOptions = ['--list', '--trace', '--output', '--explain'];

/** Options that a help text explains: `-l, --list`, `--rules <rules>`. */
function optionsIn(text: string): string[] {
  return [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1] ?? '').toSorted();
}

test('the help explains every option, of tracee and of tracee trace', () => {
  for (const [outcome, options] of [
    [help, detectOptions],
    [tracee(['trace', '--help']), traceOptions],
  ] as const) {
    assert.deepEqual([outcome.status, outcome.stderr], [0, '']);
    const explained = optionsIn(outcome.stdout);
    for (const option of [...options, ...commonOptions]) assert.ok(explained.includes(option), option);
    for (const option of explained) {
      assert.match(outcome.stdout, new RegExp(`${option}( <[\\w:]+>)? {2,}\\w`), `${option} has no words`);
    }
  }
});

test('the help explains every status that tracee can end with', () => {
  const statuses = new Set([0, ...Object.values(errorTable).map(({ status }) => status)]);
  statuses.delete(6); // the builder's
  const line = /^Status: (.*)$/m.exec(help.stdout)?.[1] ?? '';
  const explained = [...line.matchAll(/(\d) [a-z]/g)].map((match) => Number(match[1]));
  assert.deepEqual(
    explained,
    [...statuses].toSorted((a, b) => a - b),
  );
});

test('the help names every environment variable that the command line reads', () => {
  const objects = ['TRACEE_BPF_FILE', 'TRACEE_BPF_PUBKEY', 'TRACEE_INSTALL_PATH', 'TRACEE_TRUST_UID'];
  for (const name of [...objects, 'NO_COLOR']) assert.ok(help.stdout.includes(name), name);
});

test('the version is that of the package, or the one that the environment names', () => {
  const path = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  assert.deepEqual(tracee(['--version']), { status: 0, stdout: `Tracee version ${version}\n`, stderr: '' });
  assert.equal(tracee(['-v']).stdout, `Tracee version ${version}\n`);
  assert.equal(tracee(['--version'], { RELEASE_TAG: 'v9.8.7' }).stdout, 'Tracee version 9.8.7\n');
  assert.equal(
    tracee(['--version'], { VERSION: '1.2.3', RELEASE_TAG: 'v9.8.7' }).stdout,
    'Tracee version 1.2.3\n',
  );
});

test('the lists name all rules and all events', () => {
  const rules = tracee(['--list']);
  assert.deepEqual([rules.status, rules.stderr], [0, '']);
  assert.equal(rules.stdout.trimEnd().split('\n').length, builtinRules.length + 1);
  for (const { metadata } of builtinRules) assert.ok(rules.stdout.includes(metadata.id));
  const events = tracee(['trace', '--list']);
  assert.deepEqual([events.status, events.stderr], [0, '']);
  assert.deepEqual(
    events.stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(' ')[0]),
    catalogue.map((event) => event.name),
  );
});

test('the list of rules as JSON is their metadata', () => {
  assert.deepEqual(
    JSON.parse(tracee(['--list', '--output', 'json']).stdout),
    builtinRules.map((rule) => rule.metadata),
  );
});

test('what the rules see on this kernel is foreseen without privileges, for each of their sights', () => {
  const { status, stdout } = tracee(['--list', '--verbose', '--json'], {}, nobody);
  assert.equal(status, 0);
  const { tried, rules } = JSON.parse(stdout) as {
    tried: boolean;
    rules: { id: string; sights: { id: string; sees: string; events: unknown[] }[] }[];
  };
  assert.equal(tried, false);
  assert.deepEqual(
    rules.map(({ id, sights }) => [id, sights.map((sight) => sight.id)]),
    builtinRules.map(({ metadata, sights }) => [metadata.id, sights.map((sight) => sight.id)]),
  );
  for (const { events, sees } of rules.flatMap(({ sights }) => sights)) {
    assert.equal(events.length > 0, sees !== 'nothing');
  }
});

const badTemplate = join(mkdtempSync(join(tmpdir(), 'tracee-template-')), 'bad.tmpl');
writeFileSync(badTemplate, '\n{{.Contxt}}');
after(() => rmSync(dirname(badTemplate), { recursive: true }));

test('bad usage ends with 2, says what was met on stderr, and prints nothing', () => {
  for (const [args, words] of [
    [['--lsit'], /unknown option '--lsit'[^]*Did you mean --list/],
    [['--output', 'xml'], /'xml' is invalid\. Allowed choices are text, json, template=FILE/],
    [['--output', 'template=/no/such'], /the template \/no\/such cannot be read: ENOENT/],
    [
      ['--output', `template=${badTemplate}`],
      /bad\.tmpl:2: there is no field \.Contxt; did you mean Context\?/,
    ],
    [['trace', '--buffer-size', '3', '--list'], /'3' is invalid\. It is a power of two from 1 to 1024/],
    [['--rate-limit', '5'], /'5' is invalid\. A limit is N\/s, N\/m or N\/h/],
    [['--dedup-window', 'x'], /'x' is invalid\. A window is a whole number of seconds/],
    [['--verbose'], /--verbose says how to list, but --list is not there\n {2}tracee --list --verbose/],
    [['--rules', 'TRC-99'], /there is no rule "TRC-99"\n {2}did you mean TRC-\d\?/],
    [['--rules'], /argument missing/],
    [['trace', '--output', 'gob'], /--output gob is Go's own format[^]*\n {2}use json/],
    [['trace', '--trace', 'event=execv'], /there is no event "execv"\n {2}did you mean execve\?/],
    [['trace', '--trace', 'pid=0'], /"0" is no process id/],
    [['--scope', 'comm=x'], /"comm=x" is no scope/],
    [['--hooks', 'kprobe', 'trace', '--list'], /--hooks stands before "trace"\n {2}.*tracee trace --help/],
    [['--hooks', 'kprobe', 'doctor'], /--hooks stands before "doctor"\n {2}.*tracee doctor --help/],
    [['--no-portable', 'doctor'], /--no-portable stands before "doctor"/],
  ] as const) {
    const { status, stdout, stderr } = tracee(args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, words);
  }
});

test('what a user typed cannot change the terminal through an error message', () => {
  const { status, stderr } = tracee(['--rules', '\u001b[2Jx\u202e']);
  assert.equal(status, 2);
  assert.match(stderr, /there is no rule "\\x1b\[2Jx\\u202e"/);
});
