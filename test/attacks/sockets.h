/* SPDX-License-Identifier: Apache-2.0 */
/* Connections over loopback within one process, whose far end has sent what a shell is to run. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/uio.h>
#include "freestanding.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MSG_FASTOPEN 0x20000000

/* Descriptors that are not to be taken for standard input and output are kept above this. */
#define FIRST_HIGH 10

union address {
	unsigned short family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static inline unsigned int address_length(const union address *address)
{
	return address->family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

static inline union address loopback(int family)
{
	union address address = { 0 };

	address.family = family;
	if (family == AF_INET)
		address.in.sin_addr.s_addr = __builtin_bswap32(INADDR_LOOPBACK);
	else
		address.in6.sin6_addr.s6_addr[15] = 1;
	return address;
}

/* ::ffff:a.b.c.d with the same port. */
static inline union address mapped(const union address *address)
{
	union address result = { 0 };

	result.in6.sin6_family = AF_INET6;
	result.in6.sin6_port = address->in.sin_port;
	result.in6.sin6_addr.s6_addr16[5] = 0xffff;
	result.in6.sin6_addr.s6_addr32[3] = address->in.sin_addr.s_addr;
	return result;
}

/* The same file under a high number. */
static inline long raise_file(long fd)
{
	long high = require(call3(__NR_fcntl, fd, F_DUPFD, FIRST_HIGH), "F_DUPFD");

	close_file(fd);
	return high;
}

static inline long open_socket(int family, int type)
{
	return can(call3(__NR_socket, family, type, 0), "socket");
}

/* A socket that waits on a loopback port of the kernel's choice, which `address` receives. */
static inline long serve(int family, int type, union address *address)
{
	long fd = raise_file(open_socket(family, type));
	unsigned int length;

	*address = loopback(family);
	length = address_length(address);
	can(call3(__NR_bind, fd, (long)address, length), "bind to loopback");
	if (type == SOCK_STREAM)
		require(call3(__NR_listen, fd, 1, 0), "listen");
	require(call3(__NR_getsockname, fd, (long)address, (long)&length), "getsockname");
	return fd;
}

static inline void connect_to(long fd, const union address *address)
{
	require(call3(__NR_connect, fd, (long)address, address_length(address)), "connect");
}

static inline long accept_from(long server)
{
	return require(call4(__NR_accept4, server, 0, 0, 0), "accept");
}

/* What the far end has a shell do. */
static inline void send_order(long fd)
{
	require(write_text(fd, "exit 0\n"), "write to a socket");
}

/* The far end of the next connection has its order, and goes. */
static inline void answer(long server)
{
	long far = accept_from(server);

	send_order(far);
	close_file(far);
	close_file(server);
}

/* A connection whose far end has sent its order. */
static inline long connected(int family)
{
	union address address;
	long server = serve(family, SOCK_STREAM, &address);
	long fd = raise_file(open_socket(family, SOCK_STREAM));

	connect_to(fd, &address);
	answer(server);
	return fd;
}

static inline void put_on_stdio(long fd)
{
	for (int stdio = 0; stdio < 3; stdio++)
		require(call3(__NR_dup3, fd, stdio, 0), "dup3");
}

static inline void close_stdio(void)
{
	for (int stdio = 0; stdio < 3; stdio++)
		close_file(stdio);
}

static inline void become_shell(void)
{
	static const char *const argv[] = { "sh", 0 };
	static const char *const envp[] = { "PATH=/usr/bin:/bin", 0 };

	execute("/bin/sh", argv, envp);
}

/* For sockets that a shell cannot read line by line. */
static inline void become_shell_with_order(void)
{
	static const char *const argv[] = { "sh", "-c", "exit 0", 0 };
	static const char *const envp[] = { "PATH=/usr/bin:/bin", 0 };

	execute("/bin/sh", argv, envp);
}

/* struct msghdr of the kernel, on 64-bit. */
struct message {
	void *name;
	long name_length;
	struct iovec *parts;
	long part_count;
	void *control;
	long control_length;
	long flags;
};

struct one_file {
	long length;
	int level, type;
	int fd;
};

#define ONE_FILE_LENGTH 20

/* Sends a descriptor over a unix socket, or receives one. */
static inline int pass_file(long over, int fd)
{
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct one_file control = { ONE_FILE_LENGTH, SOL_SOCKET, SCM_RIGHTS, fd };
	struct message message = { 0, 0, &part, 1, &control, sizeof(control), 0 };

	if (fd >= 0) {
		message.control_length = ONE_FILE_LENGTH + 4;
		return require(call3(__NR_sendmsg, over, (long)&message, 0), "sendmsg");
	}
	require(call3(__NR_recvmsg, over, (long)&message, 0), "recvmsg");
	return control.fd;
}

static inline void make_pair(int *pair)
{
	require(call4(__NR_socketpair, AF_UNIX, SOCK_STREAM, 0, (long)pair), "socketpair");
	pair[0] = raise_file(pair[0]);
	pair[1] = raise_file(pair[1]);
}

#endif
