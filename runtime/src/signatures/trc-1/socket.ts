import { socketOrigins, stdioCauses } from '../../events/layout.js';
import type { ArgumentValue, TracedEvent } from '../../events/record.js';
import type { Match } from '../../detection/rule.js';
import { numberIn, textIn, textsIn } from '../support/arguments.js';

/** A socket with a far end that stands on a standard descriptor: a `stdio_socket` event. */
export interface StdioSocket {
  readonly descriptor: number;
  /** `stdioCauses` of layout.ts. */
  readonly cause: number;
  /** The process opened the connection, or another of this host did and passed it on. */
  readonly isConnected: boolean;
  readonly isDatagram: boolean;
  /** `127.0.0.1:80`, `[::1]:80`. */
  readonly local: string;
  /** Missing for a datagram socket that takes orders from anybody. */
  readonly remote: string | undefined;
  readonly inode: string;
  /** Of a program that has just begun. */
  readonly argv: readonly string[];
}

/** Undefined where the event lacks what identifies the socket. */
export function socketOf(event: TracedEvent): StdioSocket | undefined {
  const inode = numberIn(event, 'inode');
  const descriptor = numberIn(event, 'fd');
  if (inode === undefined || descriptor === undefined) return undefined;
  return {
    descriptor,
    cause: numberIn(event, 'cause') ?? stdioCauses.exec,
    isConnected: numberIn(event, 'origin') === socketOrigins.connected,
    isDatagram: numberIn(event, 'type') === SOCK_DGRAM,
    local: textIn(event, 'local') ?? '',
    remote: textIn(event, 'remote'),
    inode: String(inode),
    argv: textsIn(event, 'argv'),
  };
}

/** include/linux/net.h */
const SOCK_DGRAM = 2;

/** One finding for each socket, whatever inherits it. */
export function matchOf(socket: StdioSocket, facts: readonly string[] = []): Match {
  const { descriptor, remote, local, isConnected, inode } = socket;
  const stream = descriptors[descriptor] ?? `descriptor ${descriptor}`;
  const what = socket.isDatagram ? 'UDP socket' : 'TCP connection';
  const far =
    remote === undefined ? `on ${local}, open to anybody` : `${isConnected ? 'to' : 'from'} ${remote}`;
  return {
    summary: `has its ${stream} on a ${what} ${far}`,
    facts: [
      `${describeOrigin(socket)} (${local} here)`,
      causes.get(socket.cause) ?? 'it came there in a way that is not known',
      ...(socket.argv.length === 0 ? [] : [`started as: ${socket.argv.join(' ')}`]),
      ...facts,
    ],
    data: dataOf(socket),
    key: `socket ${inode}`,
  };
}

const descriptors = ['standard input', 'standard output', 'standard error'];

const causes = new Map<number, string>([
  [stdioCauses.exec, 'it was there when the program began, and speaks with the program'],
  [stdioCauses.dup, 'the process duplicated it there'],
  [stdioCauses.connect, 'it stood there already when it was connected'],
  [stdioCauses.accept, 'it was accepted there, on the lowest descriptor that was free'],
  [stdioCauses.receive, 'it was received from another process, or through io_uring'],
]);

function describeOrigin({ isConnected, remote }: StdioSocket): string {
  if (remote === undefined) return 'the socket waits for datagrams';
  return isConnected ? 'this host opened the connection' : 'the connection was accepted';
}

/** What the original gave: ip, port, fd. */
function dataOf({ remote, local, descriptor }: StdioSocket): Readonly<Record<string, ArgumentValue>> {
  const address = remote ?? local;
  const end = address.lastIndexOf(':');
  const ip = address.slice(0, end).replace(/^\[|\]$/g, '');
  return { ip, port: Number(address.slice(end + 1)), fd: descriptor };
}
