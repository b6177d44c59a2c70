import type { EventDefinition } from '../types.js';
import { prototype } from './prototype.js';

const sets = ['lsm_hooks', 'net', 'net_sock'];

/**
 * Sockets. Numbers up to 1020 are the original's. `stdio_socket` is of state that is there and not of the call that made
 * it; `socket_dup`, which came to the original later, is of the call and of any descriptor.
 */
export const socketEvents: readonly EventDefinition[] = [
  {
    id: 1016,
    name: 'security_socket_create',
    sets,
    source: 'kernel',
    hooks: {
      kind: 'function',
      function: 'security_socket_create',
      lsm: 'socket_create',
      carriers: ['socket', 'socketpair'],
    },
    arguments: prototype('int family, int type, int protocol, int kern', {
      family: { vocabulary: 'addressFamily' },
      type: { vocabulary: 'socketType' },
    }),
  },
  {
    id: 1017,
    name: 'security_socket_listen',
    sets,
    source: 'kernel',
    looksAtCall: true,
    hooks: {
      kind: 'function',
      function: 'security_socket_listen',
      lsm: 'socket_listen',
      carriers: ['listen'],
    },
    arguments: prototype('int sockfd, struct sockaddr* local_addr, int backlog'),
  },
  {
    id: 1018,
    name: 'security_socket_connect',
    sets,
    source: 'kernel',
    looksAtCall: true,
    hooks: {
      kind: 'function',
      function: 'security_socket_connect',
      lsm: 'socket_connect',
      carriers: ['connect'],
    },
    arguments: prototype('int sockfd, struct sockaddr* remote_addr'),
  },
  {
    id: 1019,
    name: 'security_socket_accept',
    sets,
    source: 'kernel',
    looksAtCall: true,
    hooks: {
      kind: 'function',
      function: 'security_socket_accept',
      lsm: 'socket_accept',
      carriers: ['accept', 'accept4'],
    },
    arguments: prototype('int sockfd, struct sockaddr* local_addr'),
  },
  {
    id: 1020,
    name: 'security_socket_bind',
    sets,
    source: 'kernel',
    looksAtCall: true,
    hooks: { kind: 'function', function: 'security_socket_bind', lsm: 'socket_bind', carriers: ['bind'] },
    arguments: prototype('int sockfd, struct sockaddr* local_addr'),
  },
  {
    id: 1060,
    name: 'socket_dup',
    sets: ['net', 'net_sock'],
    source: 'kernel',
    hooks: { kind: 'calls', carriers: ['dup', 'dup2', 'dup3', 'fcntl'] },
    arguments: prototype('int oldfd, int newfd, struct sockaddr* remote_addr, struct sockaddr* local_addr'),
  },
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
