import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { outputDefinitions } from '../../src/delivery/config/outputs.js';
import { schema, type SchemaNode } from '../../src/delivery/config/schema.js';
import type { Setting } from '../../src/delivery/config/settings.js';
import {
  readIntegrations,
  wantsPayload,
  type Integrations,
  type Tells,
} from '../../src/delivery/integrations.js';
import { priorities } from '../../src/delivery/payload.js';
import { TraceeError, type ErrorCode } from '../../src/errors.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-integrations-'));
after(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'integrations-config.yaml');

function read(text: string | Uint8Array): Integrations {
  writeFileSync(path, text);
  return readIntegrations(path, { trustedUids: [] });
}

/** The problems of a file, each as `line:column: message`. */
function problemsOf(text: string | Uint8Array): string[] {
  return refusal(() => read(text), 'INTEGRATIONS_INVALID')
    .message.split('\n')
    .map((line) => line.replace(`${path}:`, ''));
}

function refusal(act: () => unknown, code: ErrorCode): TraceeError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof TraceeError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  return assert.fail('it was taken');
}

const usual = `
# What a user of Falco brings along.
listenport: 2802
customfields:
  cluster: "prod"
templatedfields:
  who: '{{ or (index . "proc.name") "nobody" }}'
outputFieldFormat: "<timestamp>: <priority> <output> <custom_fields>"
slack:
  webhookurl: "https://hooks.slack.com/services/T0/B0/x"
  #footer: ""
  minimumpriority: "warning"
  messageformat: 'Alert: *{{ .Rule }}* on {{ .Hostname }}'
datadog:
  # apikey: ""
teams:
  webhookurl: ""
Loki:
  hostPort: http://127.0.0.1:3100
  customHeaders:
    X-Scope: a
aws:
  region: eu-west-1
  sqs:
    url: https://sqs.eu-west-1.amazonaws.com/1/findings
    minimumpriority: Critical
smtp:
  hostport: mail.example.com:25
  from: tracee@example.com
  to: a@example.com,b@example.com
  tls: "false"
statsd:
  forwarder: "127.0.0.1:8125"
`;

function counter(destination: string, counts?: 'twice' | 'failuresAsBoth'): Tells {
  return { by: 'counter', destination, counts, copies: 1 };
}

test('a file tells its outputs, by the names that falcosidekick has for them', () => {
  const { outputs, text } = read(usual);
  assert.deepEqual(
    outputs.toSorted((a, b) => a.key.localeCompare(b.key)),
    [
      { key: 'aws.sqs', name: 'AWSSQS', tells: counter('awssqs'), minimumPriority: 'Critical' },
      { key: 'loki', name: 'Loki', tells: counter('loki'), minimumPriority: undefined },
      { key: 'slack', name: 'Slack', tells: counter('slack'), minimumPriority: 'Warning' },
      { key: 'smtp', name: 'SMTP', tells: { by: 'log' }, minimumPriority: undefined },
      { key: 'statsd', name: 'StatsD', tells: { by: 'nothing' }, minimumPriority: undefined },
    ],
  );
  assert.equal(text, usual);
});

const slack = 'slack: {webhookurl: "https://hooks.slack.com/x"}\n';

test('falcosidekick listens on loopback unless the file says otherwise', () => {
  assert.deepEqual(read(slack).listen, {
    address: '127.0.0.1',
    port: 2801,
    isTls: false,
    clearPort: undefined,
  });
  const tls = 'tlsserver: {deploy: true, notlspaths: [/healthz, /metrics]}\n';
  assert.deepEqual(read(`${slack}listenaddress: 0.0.0.0\nlistenport: "2900"\n${tls}`).listen, {
    address: '0.0.0.0',
    port: 2900,
    isTls: true,
    clearPort: 2810,
  });
  const { listen } = read(`${slack}tlsserver: {deploy: "true", notlsport: 2811, notlspaths: "/ping, /"}`);
  assert.equal(listen.clearPort, 2811);
  assert.equal(read(`${slack}tlsserver: {deploy: true}`).listen.clearPort, undefined);
});

test('an output gets what is at least as high as its minimum', () => {
  const [output] = read('slack: {webhookurl: "https://h/x", minimumpriority: error}').outputs;
  assert.ok(output !== undefined);
  assert.deepEqual(
    priorities.filter((priority) => wantsPayload(output, priority)),
    ['Error', 'Critical', 'Alert', 'Emergency'],
  );
  const everything = { ...output, minimumPriority: undefined };
  assert.ok(priorities.every((priority) => wantsPayload(everything, priority)));
});

test('what Prometheus scrapes is reason enough to run falcosidekick', () => {
  assert.deepEqual(read('prometheus:\n').outputs, []);
});

test('a value that is named again by an alias, and merged mappings, are what they stand for', () => {
  const text = `
x-shared: &shared {minimumpriority: error, checkcert: false}
slack: {<<: *shared, webhookurl: &hook "https://hooks.slack.com/x"}
mattermost: {<<: *shared, webhookurl: *hook}
`;
  const { outputs } = read(text);
  assert.deepEqual(
    outputs.map(({ key, minimumPriority }) => `${key} ${minimumPriority}`),
    ['slack Error', 'mattermost Error'],
  );
});

const mistakes: Readonly<Record<string, readonly [text: string, problem: string]>> = {
  'a key that there is not': [
    `slak:\n  webhookurl: https://h/x\n`,
    '1:1: falcosidekick has no setting slak, so that it would be ignored: did you mean slack?',
  ],
  'a key that the output does not have': [
    `${slack}loki:\n  hostport: http://h\n  endpiont: /x\n`,
    '4:3: loki has no setting endpiont, so that it would be ignored: did you mean endpoint?',
  ],
  'keys of several levels on one line': [
    'slack.webhookurl: https://hooks.slack.com/x\n',
    '1:1: falcosidekick has no setting slack.webhookurl, so that it would be ignored: write each part on a line of its own, below the one before',
  ],
  'a key twice in different case': [
    'slack: {webhookurl: "https://h/x"}\nSlack: {}\n',
    '2:1: slack stands twice: case makes no difference',
  ],
  'a key twice': [`${slack}slack: {}\n`, '2:1: a key that stands twice'],
  'text where a port belongs': [
    `${slack}listenport: abc\n`,
    '2:13: listenport: "abc": must be a port from 1 to 65535',
  ],
  'a port that there is not': [
    `${slack}listenport: 65536\n`,
    '2:13: listenport: "65536": must be a port from 1 to 65535',
  ],
  'a name where an address belongs': [
    `${slack}listenaddress: localhost\n`,
    '2:16: listenaddress: must be an IPv4 address',
  ],
  'an address of IPv6 to listen on': [
    `${slack}listenaddress: "::1"\n`,
    '2:16: listenaddress: falcosidekick cannot listen on IPv6',
  ],
  'info, which is no priority there': [
    `slack:\n  webhookurl: https://h/x\n  minimumpriority: info\n`,
    '3:20: slack.minimumpriority: "info" would be taken for no minimum: say informational',
  ],
  'a priority that there is not': [
    `slack:\n  webhookurl: https://h/x\n  minimumpriority: high\n`,
    '3:20: slack.minimumpriority: "high" would be taken for no minimum: must be debug, informational, notice, warning, error or critical',
  ],
  'a priority that no finding has': [
    `slack:\n  webhookurl: https://h/x\n  minimumpriority: alert\n`,
    '3:20: slack.minimumpriority: "alert": no finding is above critical, so that none would be sent',
  ],
  'an endpoint without http://': [
    'slack: {webhookurl: hooks.slack.com/x}\n',
    '1:21: slack.webhookurl: must be an address that begins with http:// or https://',
  ],
  'an endpoint that is no address': [
    'loki: {hostport: "http://:3100"}\n',
    '1:18: loki.hostport: must be an address that begins with http:// or https://',
  ],
  'a server without a port': [
    'statsd: {forwarder: localhost}\n',
    '1:21: statsd.forwarder: must be host:port',
  ],
  'a server by its address, where Kafka wants its name': [
    'kafka: {hostport: "a:9092,http://b", topic: t}\n',
    '1:19: kafka.hostport: must be host or host:port, several with commas between',
  ],
  'a word in capitals, where that is not read': [
    'slack: {webhookurl: "https://h/x", outputformat: ALL}\n',
    '1:50: slack.outputformat: "ALL": must be all, text or fields',
  ],
  'severities by the names of priorities': [
    'alertmanager: {hostport: "http://h", customseveritymap: {critical: page}}\n',
    '1:57: alertmanager.customseveritymap: takes priorities by number, from 1 (debug) to 8 (emergency): of words none would be used',
  ],
  'a name that would become a part of an address': [
    'gcp: {chronicle: {projectid: p/../q, instanceid: i, region: us}}\n',
    '1:30: gcp.chronicle.projectid: must be letters, digits, - and _ alone',
  ],
  'a variable, of which the name would be read in lower case': [
    'otlp: {logs: {endpoint: "http://h:4318", extraenvvars: {OTEL_EXPORTER_OTLP_TIMEOUT: 1}}}\n',
    '1:42: otlp.logs.extraenvvars has no effect: falcosidekick reads names in lower case, and no variable is spelled so',
  ],
  'an output that takes what Falco alone sends': [
    'spyderbat: {orguid: x}\n',
    '1:1: spyderbat takes nothing but what Falco itself sends, numbers among it, and would fail with each finding',
  ],
  'a path that falcosidekick does not answer at': [
    `${slack}tlsserver: {deploy: true, notlspaths: [/ping, /health]}\n`,
    '2:39: tlsserver.notlspaths: holds a path that there is not: there are /, /ping, /healthz, /test, /metrics',
  ],
  'the switch of 2021 for certificates': [
    `checkCert: false\n${slack}`,
    '1:1: checkcert was read until 2021 and is ignored today: write it below each output',
  ],
  'the key of 2021 for PagerDuty': [
    'pagerduty: {apikey: x, routingkey: y}\n',
    '1:13: pagerduty.apikey is ignored today: pagerduty takes a routingkey',
  ],
  'a format of output that there is not': [
    'teams: {webhookurl: "https://h/x", outputformat: fields}\n',
    '1:50: teams.outputformat: "fields": must be all, text or facts',
  ],
  'a truth value of YAML 1.1': [
    'slack: {webhookurl: "https://h/x", checkcert: no}\n',
    '1:47: slack.checkcert: must be true or false',
  ],
  'a text where a mapping belongs': [
    'slack: https://hooks.slack.com/x\n',
    '1:8: slack must be a mapping, with its settings on lines below it',
  ],
  'headers in the form of the environment': [
    'webhook: {address: "https://h/x", customheaders: "a:b"}\n',
    '1:50: webhook.customheaders: must be a mapping of names to texts, each on a line of its own',
  ],
  'half of what an output needs': [
    'telegram: {token: x}\n',
    '1:1: telegram also needs chatid, or it is left out',
  ],
  'a template that is not closed': [
    'slack: {webhookurl: "https://h/x", messageformat: "{{ .Rule }"}\n',
    '1:51: slack.messageformat: is no template: each {{ needs its }}',
  ],
  'a place in the text that there is not': [
    `${slack}outputFieldFormat: "<timestamp>: <prio> <output>"\n`,
    '2:20: outputfieldformat: holds a place that there is not: there are <timestamp>, <priority>, <output>, <custom_fields>, <templated_fields>, <tags>',
  ],
  'no output': [
    'slack:\n  webhookurl: ""\n',
    '1:1: no output is configured, so that findings would go nowhere: give one its address',
  ],
  'nothing at all': [
    '',
    '1:1: no output is configured, so that findings would go nowhere: give one its address',
  ],
  'a list': ['- slack\n', '1:1: the file must be a mapping, with its settings on lines below it'],
  'a second document': [`${slack}---\n${slack}`, '2:1: a second document: only the first would be read'],
  'the log of everything, secrets included': [
    `${slack}debug: true\n`,
    '2:8: debug: would write findings and secrets to the log: leave it out',
  ],
  'certificates asked of Tracee': [
    `${slack}tlsserver: {deploy: true, mutualtls: true}\n`,
    '2:38: tlsserver.mutualtls: asks Tracee for a certificate that it does not have: leave it out, or list "/" in notlspaths',
  ],
};

for (const [what, [text, problem]] of Object.entries(mistakes)) {
  test(`${what}: refused, with its place and what mends it`, () => {
    assert.deepEqual(problemsOf(text), [problem]);
  });
}

test('all problems of a file are told at once, in the order of its lines', () => {
  const text = 'lok: {}\nslack: {webhookurl: x}\nlistenport: 0\n';
  assert.deepEqual(
    problemsOf(text).map((problem) => problem.split(':')[0]),
    ['1', '2', '3'],
  );
  const many = Array.from({ length: 30 }, (_, index) => `zzzzzzzzzz${index}: 1`).join('\n');
  const told = problemsOf(many);
  assert.equal(told.length, 21);
  assert.equal(told.at(-1), ' and 10 more');
});

test('a mistake of YAML has its line and column, and none of the text', () => {
  for (const text of [
    'slack:\n  webhookurl: "https://hooks.slack.com/SECRET\n',
    'slack: {webhookurl: https://hooks.slack.com/SECRET]\n',
    'slack:\n  webhookurl: https://h/x\n SECRET: "a" b "SECRET"\n',
    'slack: *SECRET\n',
    'slack: !SECRET x\n',
    '%SECRET\n---\n{}\n',
    'slack:\n\twebhookurl: SECRET\n',
  ]) {
    const problems = problemsOf(text);
    for (const problem of problems) assert.match(problem, /^\d+:\d+: /, text);
    assert.doesNotMatch(problems.join('\n'), /SECRET/, text);
  }
});

/** Each setting by its path. */
function settingsIn(node: SchemaNode, way: readonly string[] = []): (readonly string[])[] {
  if ('setting' in node) return [way];
  return [...node.children].flatMap(([name, child]) => settingsIn(child, [...way, name]));
}

function fileWith(way: readonly string[], value: string): string {
  return way.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n') + ` ${value}\n`;
}

test('the value of no setting that may hold a secret is ever told', () => {
  const wrong = [
    '[SECRET, {a: SECRET}]',
    '{a: {b: SECRET}}',
    '"SE\\u0007CRET SECRET"',
    'SECRET',
    '"a:SECRET"',
  ];
  let refused = 0;
  for (const setting of settingsIn(schema)) {
    const kind = setting.reduce<SchemaNode>((at, name) => childOf(at, name), schema);
    assert.ok('setting' in kind);
    // These hold words and numbers. All others stay unsaid.
    const isPlain =
      typeof kind.setting === 'object' || ['priority', 'port', 'number', 'duration'].includes(kind.setting);
    for (const value of isPlain ? [] : wrong) {
      try {
        read(fileWith(setting, value));
      } catch (error) {
        refused += 1;
        assert.doesNotMatch(String(error), /SECRET/, setting.join('.'));
      }
    }
  }
  assert.ok(refused > 1000, `${refused}`);
});

function childOf(node: SchemaNode, name: string): SchemaNode {
  const child = 'children' in node ? node.children.get(name) : undefined;
  assert.ok(child !== undefined, name);
  return child;
}

test('a key that is no name is not told whole', () => {
  const problems = problemsOf('slack:\n  https://hooks.slack.com/services/SECRET: x\n').join('\n');
  assert.doesNotMatch(problems, /SECRET|services/);
});

function wordsOf(setting: Setting & object): readonly string[] {
  return 'anyCase' in setting ? setting.anyCase : setting;
}

test('each output is switched on by what it needs, and by nothing less', () => {
  const right: Readonly<Record<string, string>> = {
    web: 'https://h/x',
    webs: '["http://a:1", "http://b:2"]',
    nats: 'nats://h:4222',
    hostPort: 'h:1',
    hosts: '"a:1,b"',
    plainName: 'us-east1',
    flag: 'true',
    text: 'x',
  };
  const ids = new Set(outputDefinitions.flatMap(({ key, name }) => [`key ${key}`, `name ${name}`]));
  assert.equal(ids.size, outputDefinitions.length * 2);
  for (const definition of outputDefinitions) {
    const { key, name, destination, counts, isLogged, needs, settings, unusable } = definition;
    if (unusable !== undefined) continue;
    const values = needs.map((need) => {
      const setting = settings[need] ?? assert.fail(`${key}.${need}`);
      if (typeof setting === 'object') return `${need}: ${wordsOf(setting)[0] ?? assert.fail(need)}`;
      return `${need}: ${right[setting] ?? assert.fail(`${key}.${need} is ${setting}`)}`;
    });
    const file = (members: readonly string[]): string =>
      fileWith(key.split('.'), members.length === 0 ? '{}' : `{${members.join(', ')}}`);
    const untold: Tells = { by: isLogged === true ? 'log' : 'nothing' };
    const copies = key === 'alertmanager' ? 2 : 1;
    const tells: Tells = destination === undefined ? untold : { by: 'counter', destination, counts, copies };
    assert.deepEqual(read(file(values)).outputs, [{ key, name, tells, minimumPriority: undefined }]);
    for (const [index] of values.entries()) {
      const fewer = values.filter((_, at) => at !== index);
      refusal(() => read(file(fewer)), 'INTEGRATIONS_INVALID');
    }
  }
});

test('aliases that unfold into more than they should, and deep nesting, are refused', () => {
  const bomb = ['a: &a [x]', 'b: &b [*a, *a, *a, *a]', 'c: &c [*b, *b, *b, *b]', 'd: [*c, *c, *c, *c]'].join(
    '\n',
  );
  assert.match(problemsOf(bomb).join('\n'), /values by aliases/);
  assert.match(problemsOf(`slack: ${'['.repeat(100_000)}`).join('\n'), /nested too deeply/);
});

test('a file that is too large, or no text, is refused', () => {
  assert.match(
    refusal(() => read(`# ${'x'.repeat(300 * 1024)}\n`), 'INTEGRATIONS_INVALID').message,
    /the limit is 262144/,
  );
  assert.match(
    refusal(() => read(Buffer.from([0x61, 0xff, 0xfe])), 'INTEGRATIONS_INVALID').message,
    /is not text in UTF-8/,
  );
});

test('a file that others can write, or that is not there, or no file, is refused', () => {
  writeFileSync(path, slack);
  chmodSync(path, 0o666);
  refusal(() => readIntegrations(path, { trustedUids: [] }), 'INTEGRATIONS_UNTRUSTED');
  rmSync(path);
  refusal(() => readIntegrations(path, { trustedUids: [] }), 'INTEGRATIONS_UNREADABLE');
  refusal(() => readIntegrations('/dev/null', { trustedUids: [] }), 'INTEGRATIONS_UNTRUSTED');
  const link = join(directory, 'link.yaml');
  symlinkSync(path, link);
  refusal(() => readIntegrations(link, { trustedUids: [] }), 'INTEGRATIONS_UNTRUSTED');
});

test(
  'a file of another user is refused unless that user is trusted',
  { skip: process.getuid?.() !== 0 && 'NOT RUN: needs root, to create a file of another owner' },
  () => {
    writeFileSync(path, slack);
    chownSync(path, 65_534, 65_534);
    const { message } = refusal(() => readIntegrations(path, { trustedUids: [] }), 'INTEGRATIONS_UNTRUSTED');
    assert.match(message, /owned by uid 65534/);
    assert.equal(readIntegrations(path, { trustedUids: [65_534] }).outputs.length, 1);
  },
);
