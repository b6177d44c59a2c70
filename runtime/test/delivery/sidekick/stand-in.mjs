#!/usr/bin/env node
/**
 * Behaves towards Tracee as falcosidekick does, for tests that need no outputs: it logs, answers and counts. How it
 * misbehaves stands in the configuration as customfields, which the real one ignores here. What it was sent is
 * appended to the file that `record` names, its environment to that of `environment`.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const config = readFileSync(process.argv[3], 'utf8');
const field = (name) => new RegExp(`^  ${name}: (.*)$`, 'm').exec(config)?.[1];
const log = (level, text) => process.stderr.write(`2026/11/24 00:23:11 ${level} : ${text}\n`);
const outputs = [
  ['Slack', 'slack'],
  ['Loki', 'loki'],
  ['Kafka', 'kafka'],
  ['StatsD', undefined],
  ['SMTP', undefined],
].filter(([name]) => new RegExp(`^${name.toLowerCase()}:`, 'm').test(config) && field('without') !== name);
const counts = new Map();
let received = 0;

if (field('environment') !== undefined) {
  appendFileSync(field('environment'), `${JSON.stringify({ env: process.env, argv: process.argv })}\n`);
}
log('[INFO] ', `Enabled Outputs: [${outputs.map(([name]) => name).join(' ')}]`);
if (field('startEnds') === 'yes') {
  log('', 'something fatal');
  process.exit(0);
}

function answer(request, response) {
  if (request.method === 'GET') {
    if (request.url === '/') response.writeHead(400).end('Please send with post http method\n');
    else if (request.url === '/healthz') response.end('{"status": "ok"}');
    else response.end([...counts].map(([labels, count]) => `${labels} ${count}\n`).join(''));
    return;
  }
  let body = '';
  request
    .on('data', (chunk) => (body += chunk))
    .on('end', () => {
      received += 1;
      if (received === Number(field('dieAt'))) process.kill(process.pid, 'SIGKILL');
      if (field('refuse') === 'yes') {
        response.writeHead(400).end('Please send a valid request body\n');
        return;
      }
      if (field('record') !== undefined) appendFileSync(field('record'), `${body}\n`);
      response.end();
      for (const [name, destination] of outputs) setTimeout(deliver, 5, name, destination);
    });
}

const { LISTENPORT: port, LISTENADDRESS: address, TLSSERVER_NOTLSPORT: clearPort } = process.env;
if (field('deploy') === 'true') {
  const [key, cert] = ['keyfile', 'certfile'].map((name) => readFileSync(field(name)));
  const isMutual = field('mutualtls') === 'true';
  createTlsServer({ key, cert, ca: cert, requestCert: isMutual }, answer).listen(Number(port), address);
  const paths = JSON.parse((field('notlspaths') ?? '[]').replaceAll("'", '"'));
  const inTheClear = (request, response) => {
    if (paths.includes(request.url)) answer(request, response);
    else response.writeHead(404).end();
  };
  if (paths.length > 0) createServer(inTheClear).listen(Number(clearPort), address);
} else {
  createServer(answer).listen(Number(port), address);
}

function deliver(name, destination) {
  if (field('mute') === name) return;
  const isError = field('fail') === name;
  if (isError) log('[ERROR]', `${name} - Post "https://hooks.example.org/secret": refused`);
  else log('[INFO] ', `${name} - POST OK (200)`);
  if (destination === undefined) return;
  const labels = `falcosecurity_falcosidekick_outputs_total{destination="${destination}",status="${isError ? 'error' : 'ok'}"}`;
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}
