// SPDX-License-Identifier: Apache-2.0
/* What is done to sockets, each on a descriptor of a known number. Nothing leaves the machine. */
#include <linux/un.h>
#include "../attacks/ring.h"
#include "../attacks/sockets.h"

#define DESCRIPTOR 40
#define OTHER_DESCRIPTOR 41
/* A port on which nobody waits: connections are refused at once. */
#define CLOSED_PORT 9
#define BACKLOG 5
#define AF_NETLINK 16
#define SOCK_RAW 3
#define SOCK_CLOEXEC 02000000
#define PROTOCOL_UDP 17
#define ECONNREFUSED_ERROR 111

static long on_descriptor(int family, int type)
{
	long fd = open_socket(family, type);

	require(call3(__NR_dup3, fd, DESCRIPTOR, 0), "dup3");
	close_file(fd);
	return DESCRIPTOR;
}

static void create(struct start *start)
{
	can(call3(__NR_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, PROTOCOL_UDP), "socket");
}

static void create_pair(struct start *start)
{
	int pair[2];

	make_pair(pair);
}

static long bind_to_loopback(int family)
{
	long fd = on_descriptor(family, SOCK_STREAM);
	union address address = loopback(family);

	can(call3(__NR_bind, fd, (long)&address, address_length(&address)), "bind to loopback");
	return fd;
}

static void bind4(struct start *start)
{
	bind_to_loopback(AF_INET);
}

static void bind6(struct start *start)
{
	bind_to_loopback(AF_INET6);
}

static void listen4(struct start *start)
{
	require(call3(__NR_listen, bind_to_loopback(AF_INET), BACKLOG, 0), "listen");
}

static long bind_to_file(void)
{
	struct sockaddr_un address = { AF_UNIX, "socket" };
	long fd = on_descriptor(AF_UNIX, SOCK_STREAM);

	require(call3(__NR_bind, fd, (long)&address, sizeof(address.sun_family) + sizeof("socket")), "bind");
	return fd;
}

static void bind_unix(struct start *start)
{
	bind_to_file();
}

static void listen_unix(struct start *start)
{
	require(call3(__NR_listen, bind_to_file(), BACKLOG, 0), "listen");
}

static void expect_refused(long result)
{
	if (result != -ECONNREFUSED_ERROR)
		require(result < 0 ? result : -1, "a refusal");
}

static void connect4(struct start *start)
{
	union address address = loopback(AF_INET);

	address.in.sin_port = __builtin_bswap16(CLOSED_PORT);
	expect_refused(call3(__NR_connect, on_descriptor(AF_INET, SOCK_STREAM), (long)&address, sizeof(address.in)));
}

static void connect6(struct start *start)
{
	long fd = on_descriptor(AF_INET6, SOCK_STREAM);
	union address address = loopback(AF_INET6);

	/* A machine can be without an IPv6 loopback. */
	can(call3(__NR_bind, fd, (long)&address, sizeof(address.in6)), "bind to ::1");
	address.in6.sin6_port = __builtin_bswap16(CLOSED_PORT);
	expect_refused(call3(__NR_connect, fd, (long)&address, sizeof(address.in6)));
}

static void connect_abstract(struct start *start)
{
	struct sockaddr_un address = { AF_UNIX, "\0tracee-act" };

	expect_refused(call3(__NR_connect, on_descriptor(AF_UNIX, SOCK_STREAM), (long)&address,
			     sizeof(address.sun_family) + sizeof("\0tracee-act") - 1));
}

static void connect_by_ring(struct start *start)
{
	struct ring ring = open_ring();
	union address address = loopback(AF_INET);
	struct io_uring_sqe request = { 0 };

	address.in.sin_port = __builtin_bswap16(CLOSED_PORT);
	request.opcode = IORING_OP_CONNECT;
	request.fd = on_descriptor(AF_INET, SOCK_STREAM);
	request.addr = (long)&address;
	request.off = sizeof(address.in);
	expect_refused(ask_ring(&ring, &request));
}

static void bind_netlink(struct start *start)
{
	struct {
		unsigned short family, pad;
		unsigned int pid, groups;
	} address = { AF_NETLINK };

	can(call3(__NR_bind, on_descriptor(AF_NETLINK, SOCK_RAW), (long)&address, sizeof(address)), "bind");
}

static void accept4(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);

	require(call3(__NR_dup3, server, DESCRIPTOR, 0), "dup3");
	connect_to(open_socket(AF_INET, SOCK_STREAM), &address);
	accept_from(DESCRIPTOR);
}

static void copy_connected(struct start *start)
{
	require(call3(__NR_dup3, connected(AF_INET), DESCRIPTOR, 0), "dup3");
	require(call3(__NR_dup3, DESCRIPTOR, OTHER_DESCRIPTOR, 0), "dup3");
}

static void copy_pair(struct start *start)
{
	int pair[2];

	make_pair(pair);
	require(call3(__NR_dup3, pair[0], DESCRIPTOR, 0), "dup3");
	require(call3(__NR_fcntl, DESCRIPTOR, F_DUPFD, OTHER_DESCRIPTOR), "F_DUPFD");
}

static void copy_file_descriptor(struct start *start)
{
	require(call3(__NR_dup3, require(open_file(".", O_RDONLY), "."), OTHER_DESCRIPTOR, 0), "dup3");
}

/* The byte of a connection's far end, as a shell on it would have it. */
static void put_on_standard_input(struct start *start)
{
	require(call3(__NR_dup3, connected(AF_INET), 0, 0), "dup3");
}

static const struct act socket_acts[] = {
	{ "create", create },
	{ "pair", create_pair },
	{ "bind", bind4 },
	{ "bind6", bind6 },
	{ "bind-unix", bind_unix },
	{ "bind-netlink", bind_netlink },
	{ "listen", listen4 },
	{ "listen-unix", listen_unix },
	{ "connect", connect4 },
	{ "connect6", connect6 },
	{ "connect-abstract", connect_abstract },
	{ "connect-ring", connect_by_ring },
	{ "accept", accept4 },
	{ "dup", copy_connected },
	{ "dup-pair", copy_pair },
	{ "dup-file", copy_file_descriptor },
	{ "stdin", put_on_standard_input },
};

PROGRAM(socket_acts)
