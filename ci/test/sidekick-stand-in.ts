/**
 * Stands in for falcosidekick where a test cannot have the program itself: what its documents say of its start,
 * its checks, its answers and its losses, and nothing more. It does not make the messages of the outputs: each
 * receiver gets the payload as it is, and mail and StatsD a line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseConfig } from '../../runtime/src/delivery/config/yaml.js';
import { outputDefinitions } from '../../runtime/src/delivery/config/outputs.js';
import { priorities } from '../../runtime/src/delivery/payload.js';

type Configuration = Record<string, unknown>;

interface Output {
  readonly name: string;
  readonly destination: string;
  readonly minimum: number;
  readonly send: (body: string) => Promise<boolean>;
}

interface Event {
  readonly rule: string;
  readonly priority: string;
  readonly rank: number;
  readonly output: string;
}

/** Two outputs have their addresses in the program. */
const fixedAddresses: Readonly<Record<string, string>> = {
  pagerduty: 'https://events.pagerduty.com/v2/enqueue',
  opsgenie: 'https://api.opsgenie.com/v2/alerts',
};

const counts = new Map<string, number>();

function log(level: string, text: string): void {
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');
  process.stderr.write(`${time} [${level}]${level === 'INFO' ? ' ' : ''} : ${text}\n`);
}

function count(metric: string, labels: Readonly<Record<string, string>>): void {
  const text = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const key = `falcosecurity_falcosidekick_${metric}{${text.join(',')}}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Variables of the environment beat the file. */
function setting(configuration: Configuration, path: string): string {
  const variable = process.env[path.toUpperCase().replaceAll('.', '_')];
  if (variable !== undefined && variable !== '') return variable;
  let at: unknown = configuration;
  for (const name of path.split('.')) {
    const entry = Object.entries(at ?? {}).find(([key]) => key.toLowerCase() === name);
    at = entry?.[1] as unknown;
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? String(at) : '';
}

function readConfiguration(path: string | undefined): Configuration {
  if (path === undefined) return {};
  if (!existsSync(path)) {
    process.stderr.write(`falcosidekick: error: path '${path}' does not exist, try --help\n`);
    process.exit(1);
  }
  const document = parseConfig(readFileSync(path, 'utf8'));
  if ('value' in document) return (document.value ?? {}) as Configuration;
  log('ERROR', 'Error when reading config file : what is wrong with it');
  return {};
}

/** Requests of one output go one after the other, as `maxconcurrentrequests` has it. */
function inTurn(send: (body: string) => Promise<boolean>): (body: string) => Promise<boolean> {
  let last: Promise<unknown> = Promise.resolve();
  return (body) => {
    const next = last.then(() => send(body));
    last = next;
    return next;
  };
}

function outputsOf(configuration: Configuration): Output[] {
  const authority = setting(configuration, 'tlsclient.cacertfile');
  const ca = authority === '' ? undefined : readFileSync(authority, 'utf8');
  return outputDefinitions.flatMap(({ key, name, destination, needs }) => {
    const values = needs.map((need) => setting(configuration, `${key}.${need}`));
    if (values.includes('')) return [];
    const word = setting(configuration, `${key}.minimumpriority`).toLowerCase();
    const minimum = priorities.findIndex((priority) => priority.toLowerCase() === word);
    return [
      {
        name,
        destination: destination ?? '',
        minimum,
        send: inTurn(senderOf(key, name, values, ca, configuration)),
      },
    ];
  });
}

function senderOf(
  key: string,
  name: string,
  values: readonly string[],
  ca: string | undefined,
  configuration: Configuration,
): (body: string) => Promise<boolean> {
  const [value = ''] = values;
  if (key === 'smtp') return (body) => mail(values, body);
  if (key === 'statsd') return (body) => sendMetrics(value, body);
  const host = setting(configuration, `${key}.host`);
  const address = fixedAddresses[key] ?? (value.startsWith('http') ? value : host);
  return async (body) => {
    const { statusCode = 0 } = await post(new URL(address), body, ca);
    const isOk = statusCode >= 200 && statusCode < 300;
    log(isOk ? 'INFO' : 'ERROR', `${name} - ${isOk ? 'POST OK' : 'unexpected Response'} (${statusCode})`);
    return isOk;
  };
}

function post(url: URL, body: string, ca: string | undefined): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Falcosidekick' };
    const outgoing = send(
      url,
      { method: 'POST', headers, ...(ca === undefined ? {} : { ca }) },
      (response) => {
        response.resume();
        response.once('end', () => {
          resolve(response);
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function mail([server = '', from = '', to = '']: readonly string[], body: string): Promise<boolean> {
  const { priority, output } = JSON.parse(body) as { priority: string; output: string };
  const [host = '', port = ''] = server.split(':');
  const socket = connect(Number(port), host).setEncoding('utf8');
  const letter = `To: ${to}\r\nSubject: [${priority}] ${output}\r\n\r\n${output}\r\n.`;
  for (const line of ['EHLO localhost', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', letter, 'QUIT']) {
    await once(socket, 'data');
    socket.write(`${line}\r\n`);
  }
  await once(socket, 'close');
  log('INFO', 'SMTP - Sent OK');
  return true;
}

/** The metrics of each request. They are counted too, under the name of a sibling. */
async function sendMetrics(forwarder: string, body: string): Promise<boolean> {
  const { priority } = JSON.parse(body) as { priority: string };
  const [host = '', port = ''] = forwarder.split(':');
  const socket = createSocket('udp4');
  for (const metric of [
    'total:1|c',
    'inputs.requests.accepted:1|c',
    `falco.accepted:1|c|#priority:${priority}`,
  ]) {
    await new Promise((resolve) => {
      socket.send(`falcosidekick.${metric}\n`, Number(port), host, resolve);
    });
    count('outputs_total', { destination: 'dogstatsd', status: 'ok' });
  }
  socket.close();
  return true;
}

/** What `Check()` asks of a payload. */
function parseEvent(body: string): Event | undefined {
  try {
    const {
      rule,
      priority,
      time,
      output,
      output_fields: fields,
    } = JSON.parse(body) as Record<string, unknown>;
    const rank = priorities.findIndex((one) => one.toLowerCase() === String(priority).toLowerCase());
    const hasFields = typeof fields === 'object' && fields !== null && Object.keys(fields).length > 0;
    const hasTime = typeof time === 'string' && !Number.isNaN(Date.parse(time));
    if (typeof rule !== 'string' || rule === '' || rank < 0 || !hasFields || !hasTime) return undefined;
    return { rule, priority: String(priority), rank, output: typeof output === 'string' ? output : '' };
  } catch {
    // No JSON: refused like what lacks something.
    return undefined;
  }
}

/** Answers first and delivers later, without another try: a kill in between loses it. */
function forward(event: Event, body: string, outputs: readonly Output[]): void {
  for (const { destination, minimum, name, send } of outputs) {
    if (event.rank < minimum) continue;
    void deliver(send, body, destination, name);
  }
}

async function deliver(send: Output['send'], body: string, destination: string, name: string): Promise<void> {
  const isOk = await send(body).catch((error: unknown) => {
    log('ERROR', `${name} - ${String(error)}`);
    return false;
  });
  if (destination !== '') count('outputs_total', { destination, status: isOk ? 'ok' : 'error' });
}

function answer(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  outputs: readonly Output[],
): void {
  const { url = '/', method } = request;
  if (url === '/healthz') response.setHeader('content-type', 'application/json').end('{"status": "ok"}');
  else if (url === '/ping') response.end('pong\n');
  else if (url === '/metrics') {
    response.end([...counts].map(([key, value]) => `${key} ${value}\n`).join(''));
  } else if (method !== 'POST') response.writeHead(400).end('Please send with post http method\n');
  else {
    const event = parseEvent(body);
    count('inputs_total', { source: 'requests', status: event === undefined ? 'rejected' : 'accepted' });
    if (event === undefined) response.writeHead(400).end('Please send a valid request body\n');
    else {
      count('falco_events_total', { priority: event.priority, rule: event.rule });
      response.end();
      forward(event, body, outputs);
    }
  }
}

function optionFile(): string | undefined {
  const args = process.argv.slice(2);
  const at = args.findIndex((arg) => arg === '-c' || arg === '--config-file');
  return at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith('--config-file='))?.slice(14);
}

const configuration = readConfiguration(optionFile());
const outputs = outputsOf(configuration);
const address = setting(configuration, 'listenaddress');
const port = Number(setting(configuration, 'listenport') || 2801);
log('INFO', 'Falcosidekick version: stand-in');
log('INFO', `Enabled Outputs: [${outputs.map(({ name }) => name).join(' ')}]`);
log('INFO', `Falcosidekick is up and listening on ${address}:${port}`);
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    answer(request, body, response, outputs);
  });
});
server.once('error', () => {
  // Without a level, and with status 0.
  process.stderr.write(` : listen tcp ${address}:${port}: bind: address already in use\n`);
  process.exit(0);
});
server.listen(port, address === '' ? undefined : address);
