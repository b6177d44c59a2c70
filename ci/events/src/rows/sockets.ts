import type { EventRow } from './row.js';

/** Programs of act-sockets.c put the socket that it is about there. */
const sockfd = 40;

/** Sockets, all of this machine. */
export const socketRows: readonly EventRow[] = [
  {
    event: 'security_socket_create',
    act: 'a socket is made',
    script: 'exec $ACTS/act-sockets create',
    expects: { family: 'AF_INET', type: 'SOCK_DGRAM', protocol: 17, kern: 0 },
  },
  {
    event: 'security_socket_create',
    act: 'a pair of sockets is made',
    script: 'exec $ACTS/act-sockets pair',
    expects: { family: 'AF_UNIX', type: 'SOCK_STREAM', protocol: 0, kern: 0 },
  },
  {
    event: 'security_socket_bind',
    act: 'a socket gets a port',
    script: 'exec $ACTS/act-sockets bind',
    expects: { sockfd, local_addr: '127.0.0.1:0' },
  },
  {
    event: 'security_socket_bind',
    act: 'a socket gets a port of IPv6',
    script: 'exec $ACTS/act-sockets bind6',
    expects: { sockfd, local_addr: '[::1]:0' },
  },
  {
    event: 'security_socket_bind',
    act: 'a unix socket gets a name',
    script: 'exec $ACTS/act-sockets bind-unix',
    expects: { sockfd, local_addr: 'socket' },
  },
  {
    event: 'security_socket_bind',
    act: 'a netlink socket is bound',
    script: 'exec $ACTS/act-sockets bind-netlink',
    expects: { sockfd, local_addr: /16|NETLINK/ },
  },
  {
    event: 'security_socket_listen',
    act: 'a socket waits for connections',
    script: 'exec $ACTS/act-sockets listen',
    expects: { sockfd, local_addr: /^127\.0\.0\.1:[1-9]\d*$/, backlog: 5 },
  },
  {
    event: 'security_socket_listen',
    act: 'a unix socket waits for connections',
    script: 'exec $ACTS/act-sockets listen-unix',
    expects: { sockfd, local_addr: 'socket', backlog: 5 },
  },
  {
    event: 'security_socket_connect',
    act: 'a connection is tried, and refused',
    script: 'exec $ACTS/act-sockets connect',
    expects: { sockfd, remote_addr: '127.0.0.1:9' },
  },
  {
    event: 'security_socket_connect',
    act: 'a connection of IPv6 is tried, and refused',
    script: 'exec $ACTS/act-sockets connect6',
    expects: { sockfd, remote_addr: '[::1]:9' },
  },
  {
    event: 'security_socket_connect',
    act: 'a connection to an abstract name is tried, and refused',
    script: 'exec $ACTS/act-sockets connect-abstract',
    expects: { sockfd, remote_addr: '@tracee-act' },
  },
  {
    event: 'security_socket_connect',
    act: 'a connection is tried through io_uring',
    script: 'exec $ACTS/act-sockets connect-ring',
    isOfThread: true,
    isUnseenInCalls: true,
    expects: { sockfd: -1, remote_addr: '127.0.0.1:9' },
  },
  {
    event: 'security_socket_accept',
    act: 'a connection is taken',
    script: 'exec $ACTS/act-sockets accept',
    expects: { sockfd, local_addr: /^127\.0\.0\.1:[1-9]\d*$/ },
  },
  {
    event: 'socket_dup',
    act: 'a connected socket gets a second descriptor',
    script: 'exec $ACTS/act-sockets dup',
    expects: {
      oldfd: sockfd,
      newfd: 41,
      remote_addr: /^127\.0\.0\.1:[1-9]\d*$/,
      local_addr: /^127\.0\.0\.1:[1-9]\d*$/,
    },
  },
  {
    event: 'socket_dup',
    act: 'one of a pair gets a second descriptor by fcntl',
    script: 'exec $ACTS/act-sockets dup-pair',
    expects: { oldfd: sockfd, newfd: 41, remote_addr: 'unnamed', local_addr: 'unnamed' },
  },
  {
    event: 'socket_dup',
    act: 'a directory gets a second descriptor',
    script: 'exec $ACTS/act-sockets dup-file',
    isQuiet: true,
    expects: {},
  },
  {
    event: 'stdio_socket',
    act: 'a connection becomes standard input',
    script: 'exec $ACTS/act-sockets stdin',
    expects: {
      fd: 0,
      cause: 'dup',
      origin: 'connected',
      type: 'SOCK_STREAM',
      remote: /^127\.0\.0\.1:[1-9]\d*$/,
    },
  },
];
