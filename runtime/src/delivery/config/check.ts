import { isIPv4, isIPv6 } from 'node:net';
import { nearest } from '../../text/nearest.js';
import { outputDefinitions } from './outputs.js';
import { schema, type SchemaNode } from './schema.js';
import type { OutputDefinition, Setting } from './settings.js';
import { isSet, isTrue, judgeValue, listOf } from './value.js';
import type { ConfigDocument, Path, Problem } from './yaml.js';

/** Settings of a file by their path in lower case: `slack.webhookurl`. */
export interface CheckedConfig {
  readonly values: ReadonlyMap<string, unknown>;
  readonly enabled: readonly OutputDefinition[];
  readonly problems: readonly Problem[];
}

interface Walk {
  readonly document: ConfigDocument;
  readonly values: Map<string, unknown>;
  /** Where a setting or mapping was written, by its path in lower case. */
  readonly places: Map<string, Path>;
  readonly problems: Problem[];
}

const lowered = 'has no effect: falcosidekick reads names in lower case, and no variable is spelled so';

/** What once was taken, or stands in falcosidekick's own examples, and is ignored without a word. */
const ignored: Readonly<Record<string, string>> = {
  checkcert: 'was read until 2021 and is ignored today: write it below each output',
  'pagerduty.apikey': 'is ignored today: pagerduty takes a routingkey',
  'pagerduty.service': 'is ignored today: pagerduty takes a routingkey',
  'pagerduty.assignee': 'is ignored today: the service behind the routingkey decides',
  'pagerduty.escalationpolicy': 'is ignored today: the service behind the routingkey decides',
  'redis.user': 'is ignored: redis takes a username',
  'fission.functionnamespace': 'is ignored: the router looks in its own namespace',
  'nats.clusterid': 'is ignored: clusters have names in stan alone',
  'nats.clientid': 'is ignored: clients have names in stan alone',
  'splunk.mutualtls': 'is ignored: splunk takes checkcert alone',
  'splunk.maxconcurrentrequests': 'is ignored: splunk takes checkcert alone',
  'otlp.traces.extraenvvars': lowered,
  'otlp.metrics.extraenvvars': lowered,
  'otlp.logs.extraenvvars': lowered,
};

/** Looks at everything that falcosidekick would ignore or get wrong without a word. */
export function checkConfig(document: ConfigDocument): CheckedConfig {
  const walk: Walk = { document, values: new Map(), places: new Map(), problems: [] };
  checkMapping(document.value, schema, [], walk);
  const enabled = outputDefinitions.filter((output) => isEnabled(output, walk));
  for (const output of outputDefinitions) checkCompleteness(output, walk);
  for (const output of enabled) checkUse(output, walk);
  checkListening(walk);
  if (enabled.length === 0 && !walk.places.has('prometheus') && walk.problems.length === 0) {
    walk.problems.push(
      document.problem(
        [],
        'no output is configured, so that findings would go nowhere: give one its address',
      ),
    );
  }
  return { values: walk.values, enabled, problems: walk.problems };
}

function checkMapping(value: unknown, node: SchemaNode, path: Path, walk: Walk): void {
  if (value === undefined || value === null) return;
  if ('setting' in node) {
    checkSetting(value, node.setting, path, walk);
    return;
  }
  const { document, places, problems } = walk;
  if (typeof value !== 'object' || Array.isArray(value)) {
    const name = path.length === 0 ? 'the file' : nameOf(path);
    problems.push(document.problem(path, `${name} must be a mapping, with its settings on lines below it`));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const way = [...path, key];
    const child = node.children.get(key.toLowerCase());
    const name = nameOf(way);
    if (child === undefined) refuseKey(way, [...node.children.keys()], walk);
    else if (places.has(name)) {
      problems.push(document.keyProblem(way, `${name} stands twice: case makes no difference`));
    } else {
      places.set(name, way);
      checkMapping(inner, child, way, walk);
    }
  }
}

function checkSetting(value: unknown, setting: Setting, path: Path, walk: Walk): void {
  const name = nameOf(path);
  const problem = judgeValue(value, setting);
  if (problem === undefined) walk.values.set(name, value);
  else walk.problems.push(walk.document.problem(path, `${name}: ${problem}`));
}

function refuseKey(path: Path, known: readonly string[], { document, problems }: Walk): void {
  const key = path.at(-1) ?? '';
  // Where people keep what they name again by aliases.
  if (path.length === 1 && /^x-/i.test(key)) return;
  const name = nameOf(path);
  const old = ignored[name];
  // Looking for what was meant is dear, and a hostile file can have very many keys, or very long ones.
  const near = problems.length < 50 && key.length < 64 ? nearest(key, known) : undefined;
  const where = path.length === 1 ? 'falcosidekick' : nameOf(path.slice(0, -1));
  let message = `${where} has no setting ${shownKey(key)}, so that it would be ignored`;
  if (old !== undefined) message = `${name} ${old}`;
  else if (near !== undefined) message += `: did you mean ${near}?`;
  else if (key.includes('.')) message += ': write each part on a line of its own, below the one before';
  problems.push(document.keyProblem(path, message));
}

function isEnabled({ key, needs, settings }: OutputDefinition, { values }: Walk): boolean {
  return needs.every((need) => isSet(values.get(`${key}.${need}`), settings[need] ?? 'text'));
}

/** An output that has a part of what it needs is left out by falcosidekick without a word. */
function checkCompleteness(output: OutputDefinition, walk: Walk): void {
  const { key, needs, settings } = output;
  const { document, places, values, problems } = walk;
  const missing = needs.filter((need) => !isSet(values.get(`${key}.${need}`), settings[need] ?? 'text'));
  if (missing.length === 0 || missing.length === needs.length) return;
  // What is there and wrong has its problem already.
  if (missing.some((need) => isWrong(`${key}.${need}`, walk))) return;
  const path = places.get(key) ?? [];
  problems.push(document.keyProblem(path, `${key} also needs ${missing.join(' and ')}, or it is left out`));
}

function checkUse({ key, unusable }: OutputDefinition, { document, places, problems }: Walk): void {
  if (unusable !== undefined) problems.push(document.keyProblem(places.get(key) ?? [], `${key} ${unusable}`));
}

function isWrong(name: string, { document, places, values }: Walk): boolean {
  const path = places.get(name);
  if (path === undefined || values.has(name)) return false;
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    document.value,
  );
  return value !== undefined && value !== null;
}

function checkListening({ document, places, values, problems }: Walk): void {
  const address = values.get('listenaddress');
  const refuse = (name: string, message: string): void => {
    problems.push(document.problem(places.get(name) ?? [], `${name}: ${message}`));
  };
  if (typeof address === 'string' && address !== '' && !isIPv4(address)) {
    // Falcosidekick writes `address:port`, which cannot be told apart from an address of IPv6.
    const isSix = isIPv6(address.replaceAll(/[[\]]/g, ''));
    refuse('listenaddress', isSix ? 'falcosidekick cannot listen on IPv6' : 'must be an IPv4 address');
  }
  if (isTrue(values.get('debug'))) {
    refuse('debug', 'would write findings and secrets to the log: leave it out');
  }
  const paths = listOf(values.get('tlsserver.notlspaths'));
  const unknown = paths.find((path) => !served.includes(path));
  if (unknown !== undefined) {
    refuse('tlsserver.notlspaths', `holds a path that there is not: there are ${served.join(', ')}`);
  }
  const isOpen = paths.includes('/');
  if (isTrue(values.get('tlsserver.deploy')) && isTrue(values.get('tlsserver.mutualtls')) && !isOpen) {
    refuse(
      'tlsserver.mutualtls',
      'asks Tracee for a certificate that it does not have: leave it out, or list "/" in notlspaths',
    );
  }
}

/** Paths that falcosidekick answers at. */
const served = ['/', '/ping', '/healthz', '/test', '/metrics'];

function nameOf(path: Path): string {
  return path.map((key) => shownKey(key.toLowerCase())).join('.');
}

/** Keys come from the file too; one that is no name may be anything. */
function shownKey(key: string): string {
  return /^[\w.-]{1,40}$/.test(key) ? key : JSON.stringify(`${key.slice(0, 12)}…`);
}
