import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Metrics as StatsD's clients send them, each a line. */
export interface StatsdReceiver {
  readonly port: number;
  readonly lines: string[];
  readonly close: () => void;
}

/** A server of UDP on loopback. */
export async function startStatsdReceiver(): Promise<StatsdReceiver> {
  const lines: string[] = [];
  const socket = createSocket('udp4', (message) => {
    lines.push(
      ...message
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    );
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  return { port: socket.address().port, lines, close: () => socket.close() };
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** What stands before the first empty line. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface MailReceiver {
  readonly port: number;
  readonly mails: Mail[];
  readonly close: () => void;
}

/** A server of SMTP on loopback that takes every mail (RFC 5321, without extensions that change the dialogue). */
export async function startMailReceiver(): Promise<MailReceiver> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, mails);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, mails, close };
}

function converse(socket: Socket, mails: Mail[]): void {
  let from = '';
  let to: string[] = [];
  let data: string[] | undefined;
  const say = (line: string): void => {
    socket.write(`${line}\r\n`);
  };
  say('220 localhost ESMTP');
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
    if (data !== undefined) {
      if (line !== '.') data.push(line.startsWith('.') ? line.slice(1) : line);
      else {
        mails.push(makeMail(from, to, data));
        data = undefined;
        say('250 OK');
      }
      return;
    }
    const address = /<(?<address>[^>]*)>/.exec(line)?.groups?.['address'] ?? '';
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') say('250-localhost\r\n250 8BITMIME');
    else if (verb === 'MAIL') [from, to] = [address, []];
    else if (verb === 'RCPT') to.push(address);
    else if (verb === 'DATA') {
      data = [];
      say('354 End data with <CR><LF>.<CR><LF>');
    } else if (verb === 'QUIT') socket.end('221 Bye\r\n');
    else if (!['HELO', 'RSET', 'NOOP'].includes(verb)) say('502 Command not implemented');
    if (['MAIL', 'RCPT', 'HELO', 'RSET', 'NOOP'].includes(verb)) say('250 OK');
  });
}

function makeMail(from: string, to: readonly string[], data: readonly string[]): Mail {
  const end = data.indexOf('');
  const head = end < 0 ? data : data.slice(0, end);
  // A line that begins with a blank goes on with the one before.
  const headers = head
    .join('\n')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n');
  return { from, to, headers, body: data.slice(head.length + 1).join('\n') };
}
