import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: URL;
  readonly received: Received[];
  /** Waits until so many requests have come. */
  readonly count: (wanted: number) => Promise<void>;
}

/** What a receiver answers to its n-th request, from 0: a status, or all of the answer. */
export type Behaviour = (index: number, request: Received) => number | Reply | 'hang' | 'reset';

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface ReceiverOptions {
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An HTTP server on loopback, gone at the end of the test. */
export async function startReceiver(
  context: TestContext,
  behave: Behaviour = () => 200,
  { port = 0, tls }: ReceiverOptions = {},
): Promise<Receiver> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body };
      const reply = behave(received.length, one);
      received.push(one);
      server.emit('received');
      if (reply === 'reset') request.socket.destroy();
      else if (typeof reply === 'number') response.writeHead(reply).end();
      else if (reply !== 'hang') response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const count = async (wanted: number): Promise<void> => {
    while (received.length < wanted) await once(server, 'received');
  };
  const scheme = tls === undefined ? 'http' : 'https';
  const host = tls === undefined ? '127.0.0.1' : 'localhost';
  return {
    url: new URL(`${scheme}://${host}:${(server.address() as AddressInfo).port}/hook`),
    received,
    count,
  };
}

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
