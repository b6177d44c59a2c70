import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEndpoint, type EndpointSettings } from '../../../src/toolchain/docker/endpoint.js';
import { engineError } from '../../../src/toolchain/docker/engine-errors.js';
import { createDirectory, errorOf, writeFiles } from '../../fixtures/scratch.js';

const plain: EndpointSettings = { host: '', verifiesTls: false, certificates: '' };

/** What a user is told when the engine is asked something. */
async function told(settings: EndpointSettings): Promise<{ message: string; hint: string | undefined }> {
  const endpoint = openEndpoint(settings);
  const error = await errorOf(async () => {
    try {
      await endpoint.docker.info();
    } catch (cause) {
      throw engineError(cause, endpoint.name);
    } finally {
      endpoint.close();
    }
  });
  assert.equal(error.code, 'DOCKER_UNAVAILABLE');
  return { message: error.message, hint: error.hint };
}

/** A server on loopback that answers every connection with these bytes. */
async function serve(context: TestContext, answer: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `tcp://127.0.0.1:${address.port}`;
}

test('an address without an engine is named as DOCKER_HOST has it', async (context) => {
  const host = `unix://${join(createDirectory(context), 'docker.sock')}`;
  const { message, hint } = await told({ ...plain, host });
  assert.equal(message, `the Docker engine at ${host} cannot be reached: there is no such socket`);
  assert.match(hint ?? '', /DOCKER_HOST/);
});

test('a server that is no engine is told from an engine', async (context) => {
  const { message } = await told({ ...plain, host: await serve(context, 'SSH-2.0-OpenSSH_9.2\r\n') });
  assert.match(message, /what answers is no Docker engine/);
});

test('a server that hangs up is told', async (context) => {
  const { message } = await told({ ...plain, host: await serve(context, '') });
  assert.match(message, /it closed the connection/);
});

test('a server without TLS is not spoken to in TLS', async (context) => {
  const host = await serve(context, 'HTTP/1.1 400 Bad Request\r\n\r\n');
  const { message, hint } = await told({ ...plain, host, verifiesTls: true });
  assert.match(message, /its certificate or ours is not accepted/);
  assert.match(hint ?? '', /DOCKER_CERT_PATH/);
});

test('an address without a port has the port of Docker, with and without TLS', () => {
  const port = (settings: Partial<EndpointSettings>): unknown =>
    (openEndpoint({ ...plain, ...settings }).docker.modem as { port?: unknown }).port;
  assert.equal(port({ host: 'tcp://engine.example' }), 2375);
  assert.equal(port({ host: 'engine.example:99' }), 99);
  assert.equal(port({ host: 'tcp://engine.example', verifiesTls: true }), 2376);
});

for (const host of ['gopher://x', 'tcp://', 'unix://relative.sock', 'ssh://', 'http://[']) {
  test(`DOCKER_HOST "${host}" is refused before anything is asked`, async () => {
    const error = await errorOf(() => openEndpoint({ ...plain, host }));
    assert.equal(error.code, 'DOCKER_UNAVAILABLE');
    assert.ok(error.message.includes(`"${host}"`), error.message);
    assert.match(error.hint ?? '', /unix:.*tcp:.*ssh:/);
  });
}

test('a certificate that is missing is named', async (context) => {
  const certificates = writeFiles(createDirectory(context), { 'ca.pem': 'x', 'key.pem': 'x' });
  const error = await errorOf(() =>
    openEndpoint({ host: 'tcp://127.0.0.1', verifiesTls: true, certificates }),
  );
  assert.match(error.message, /\/cert\.pem cannot be read/);
});
