import { constants } from 'node:os';
import koffi from 'koffi';

const withoutWaiting = 0x40 | 0x4000; // MSG_DONTWAIT | MSG_NOSIGNAL

type Send = (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number;

let send: Send | undefined;

/**
 * Sends what a socket takes at once, and gives how many bytes that were. Node.js waits until standard streams have
 * taken everything, and O_NONBLOCK would be the flag of all who have this socket. Throws an error with its code.
 */
export function sendNow(descriptor: number, bytes: Uint8Array): number {
  send ??= koffi
    .load('libc.so.6')
    .func('long send(int fd, const void *bytes, size_t length, int flags)') as Send;
  const sent = send(descriptor, bytes, bytes.length, withoutWaiting);
  if (sent >= 0) return sent;
  const errno = koffi.errno();
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? String(errno);
  throw Object.assign(new Error(`send failed: ${code}`), { code });
}
