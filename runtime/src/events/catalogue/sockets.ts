import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

/** Sockets, as state that is there and not as the call that made it. */
export const socketEvents: readonly EventDefinition[] = [
  {
    id: 1045,
    name: 'stdio_socket',
    sets: ['net', 'net_sock'],
    source: 'kernel',
    hooks: {
      kind: 'tracepoint',
      tracepoint: 'sched_process_exec',
      carriers: [
        ...['dup', 'dup2', 'dup3', 'fcntl', 'connect', 'accept', 'accept4', 'pidfd_getfd'],
        ...['recvmsg', 'io_uring_enter'],
      ],
    },
    arguments: prototype(
      'int fd, int cause, int origin, int type, struct sockaddr* local, struct sockaddr* remote, unsigned long inode, const char*const* argv',
      {
        cause: { vocabulary: 'stdioCause' },
        origin: { vocabulary: 'socketOrigin' },
        type: { vocabulary: 'socketType' },
      },
    ),
  },
];
