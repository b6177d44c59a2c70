/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-1: where the connection comes from that becomes standard input and output: families, kinds, ways to open it. */
#include "ring.h"
#include "sockets.h"

static void shell_on(long fd)
{
	put_on_stdio(fd);
	become_shell();
}

static void over_ipv6(struct start *start)
{
	shell_on(connected(AF_INET6));
}

/* An IPv6 socket that speaks IPv4. */
static void over_mapped(struct start *start)
{
	union address address, target;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	long fd = raise_file(open_socket(AF_INET6, SOCK_STREAM));

	target = mapped(&address);
	connect_to(fd, &target);
	answer(server);
	shell_on(fd);
}

static void over_udp(struct start *start)
{
	union address address;
	long fd;

	serve(AF_INET, SOCK_DGRAM, &address);
	fd = raise_file(open_socket(AF_INET, SOCK_DGRAM));
	connect_to(fd, &address);
	put_on_stdio(fd);
	become_shell_with_order();
}

/* Never connected: whoever sends to the port gives orders. */
static void over_unconnected_udp(struct start *start)
{
	union address address;

	put_on_stdio(serve(AF_INET, SOCK_DGRAM, &address));
	become_shell_with_order();
}

/* A bind shell: waits for who gives orders. The other end is another process. */
static long accepted(int family, int is_first_file)
{
	union address address;
	long server = serve(family, SOCK_STREAM, &address);
	long child = fork_bound(), fd;

	if (!child) {
		long far = open_socket(family, SOCK_STREAM);

		connect_to(far, &address);
		send_order(far);
		leave(0);
	}
	if (is_first_file)
		close_stdio();
	fd = accept_from(server);
	wait_for(child);
	close_file(server);
	return fd;
}

static void by_accept(struct start *start)
{
	shell_on(accepted(AF_INET, 0));
}

static void by_accept_ipv6(struct start *start)
{
	shell_on(accepted(AF_INET6, 0));
}

/* accept() itself gives descriptor 0. */
static void by_accept_first_file(struct start *start)
{
	accepted(AF_INET, 1);
	call3(__NR_dup, 0, 0, 0);
	call3(__NR_dup, 0, 0, 0);
	become_shell();
}

static void by_ring_connect(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	long fd = raise_file(open_socket(AF_INET, SOCK_STREAM));
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_CONNECT, .fd = fd };

	request.addr = (unsigned long)&address;
	request.off = address_length(&address);
	can(ask_ring(&ring, &request), "connect by io_uring");
	close_file(ring.fd);
	answer(server);
	shell_on(fd);
}

static void by_ring_accept(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	long far = raise_file(open_socket(AF_INET, SOCK_STREAM));
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_ACCEPT, .fd = server };
	long ring_fd = raise_file(ring.fd);

	ring.fd = ring_fd;
	connect_to(far, &address);
	send_order(far);
	close_stdio();
	if (ask_ring(&ring, &request) != 0)
		leave(IMPOSSIBLE);
	close_file(ring_fd);
	call3(__NR_dup, 0, 0, 0);
	call3(__NR_dup, 0, 0, 0);
	become_shell();
}

/* Connects with the first data that is sent, by no call of the name. */
static void by_fast_open(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	long fd = raise_file(open_socket(AF_INET, SOCK_STREAM));

	can(call6(__NR_sendto, fd, (long)"x", 1, MSG_FASTOPEN, (long)&address, address_length(&address)),
	    "sendto with MSG_FASTOPEN");
	answer(server);
	shell_on(fd);
}

static const struct act sock_origin_acts[] = {
	{ "ipv6", over_ipv6 },
	{ "mapped", over_mapped },
	{ "udp", over_udp },
	{ "udp-unconnected", over_unconnected_udp },
	{ "accept", by_accept },
	{ "accept-ipv6", by_accept_ipv6 },
	{ "accept-first-file", by_accept_first_file },
	{ "ring-connect", by_ring_connect },
	{ "ring-accept", by_ring_accept },
	{ "fast-open", by_fast_open },
};

PROGRAM(sock_origin_acts)
