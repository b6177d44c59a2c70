import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Sockets. */
export const networkCalls: readonly EventDefinition[] = [
  call('socket', 'default syscalls net net_sock', prototype('int domain, int type, int protocol')),
  call(
    'connect',
    'default syscalls net net_sock',
    prototype('int sockfd, struct sockaddr* addr, int addrlen'),
  ),
  call(
    'accept',
    'default syscalls net net_sock',
    prototype('int sockfd, struct sockaddr* addr, int* addrlen'),
  ),
  call(
    'sendto',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, void* buf, size_t len, int flags, struct sockaddr* dest_addr, int addrlen'),
  ),
  call(
    'recvfrom',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, void* buf, size_t len, int flags, struct sockaddr* src_addr, int* addrlen'),
  ),
  call('sendmsg', 'syscalls net net_snd_rcv', prototype('int sockfd, struct msghdr* msg, int flags')),
  call('recvmsg', 'syscalls net net_snd_rcv', prototype('int sockfd, struct msghdr* msg, int flags')),
  call('shutdown', 'syscalls net net_sock', prototype('int sockfd, int how')),
  call('bind', 'default syscalls net net_sock', prototype('int sockfd, struct sockaddr* addr, int addrlen')),
  call('listen', 'default syscalls net net_sock', prototype('int sockfd, int backlog')),
  call(
    'getsockname',
    'default syscalls net net_sock',
    prototype('int sockfd, struct sockaddr* addr, int* addrlen'),
  ),
  call('getpeername', 'syscalls net net_sock', prototype('int sockfd, struct sockaddr* addr, int* addrlen')),
  call('socketpair', 'syscalls net net_sock', prototype('int domain, int type, int protocol, int* sv')),
  call(
    'setsockopt',
    'syscalls net net_sock',
    prototype('int sockfd, int level, int optname, const void* optval, int optlen'),
  ),
  call(
    'getsockopt',
    'syscalls net net_sock',
    prototype('int sockfd, int level, int optname, void* optval, int* optlen'),
  ),
  call('sethostname', 'syscalls net', prototype('const char* name, size_t len')),
  call('setdomainname', 'syscalls net', prototype('const char* name, size_t len')),
  call(
    'accept4',
    'default syscalls net net_sock',
    prototype('int sockfd, struct sockaddr* addr, int* addrlen, int flags'),
  ),
  call(
    'recvmmsg',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, struct mmsghdr* msgvec, unsigned int vlen, int flags, struct timespec* timeout'),
  ),
  call(
    'sendmmsg',
    'syscalls net net_snd_rcv',
    prototype('int sockfd, struct mmsghdr* msgvec, unsigned int vlen, int flags'),
  ),
];
