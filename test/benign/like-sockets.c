/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-1 must be silent: servers and clients that do what servers and clients do. */
#include "../attacks/sockets.h"

static const char *const cat_argv[] = { "cat", 0 };
static const char *const no_envp[] = { "PATH=/usr/bin:/bin", 0 };

/* inetd: a connection is handed to a program of the system as its input and output. */
static void as_inetd(struct start *start)
{
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address), child, fd;

	if (!fork_bound()) {
		long far = open_socket(AF_INET, SOCK_STREAM);
		char word[8];

		connect_to(far, &address);
		write_text(far, "hello\n");
		call3(__NR_shutdown, far, 1, 0);
		leave(call3(__NR_read, far, (long)word, sizeof(word)) == 6 ? 0 : 1);
	}
	fd = accept_from(server);
	child = fork_bound();
	if (!child) {
		put_on_stdio(fd);
		execute("/bin/cat", cat_argv, no_envp);
	}
	wait_for(child);
	close_file(fd);
	leave_with(-1);
}

/* Two processes speak over a pair of unix sockets, as Node.js and language servers do. */
static void as_pair(struct start *start)
{
	int pair[2];
	long child;

	make_pair(pair);
	child = fork_bound();
	if (!child) {
		put_on_stdio(pair[1]);
		close_file(pair[0]);
		close_file(pair[1]);
		execute("/bin/cat", cat_argv, no_envp);
	}
	close_file(pair[1]);
	write_text(pair[0], "hello\n");
	call3(__NR_shutdown, pair[0], 1, 0);
	leave_with(child);
}

/* A client's connection stays where it is while a shell runs. */
static void as_client(struct start *start)
{
	long fd = connected(AF_INET);
	long child = fork_bound();

	if (!child)
		become_shell_with_order();
	wait_for(child);
	close_file(fd);
}

/* A server that closed its standard input before it listened: the listening socket is descriptor 0. */
static void as_server(struct start *start)
{
	union address address = loopback(AF_INET);
	long fd, child;

	close_file(0);
	fd = open_socket(AF_INET, SOCK_STREAM);
	require(call3(__NR_bind, fd, (long)&address, address_length(&address)), "bind to loopback");
	require(call3(__NR_listen, fd, 1, 0), "listen");
	child = fork_bound();
	if (!child) {
		require(call3(__NR_dup3, open_file("/dev/null", O_RDONLY), 0, 0), "dup3");
		become_shell_with_order();
	}
	leave_with(child);
}

static const struct act like_sockets_acts[] = {
	{ "inetd", as_inetd },
	{ "pair", as_pair },
	{ "client", as_client },
	{ "server", as_server },
};

PROGRAM(like_sockets_acts)
