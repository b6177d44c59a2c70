/* SPDX-License-Identifier: Apache-2.0 */
/* Becomes the program of its arguments, with PORT set to a loopback port whose far end sends `exit 0` and goes last. */
#include "sockets.h"

/* Stays as long as there is somebody: a relay ends with its connection. */
static void serve_one(long server)
{
	long far = accept_from(server);
	char byte;

	close_file(server);
	send_order(far);
	while (call3(__NR_read, far, (long)&byte, 1) > 0)
		;
}

static void begin_with(struct start *start)
{
	static char port[16];
	static const char *envp[64];
	union address address;
	long server = serve(AF_INET, SOCK_STREAM, &address);
	int count = 0;

	if (start->argc < 2) {
		say("usage: sock-far-end PROGRAM [ARGUMENT...]\n");
		leave(2);
	}
	if (!fork_bound()) {
		serve_one(server);
		leave(0);
	}
	close_file(server);
	append_number(append_text(port, "PORT="), __builtin_bswap16(address.in.sin_port));
	for (; count < (int)LENGTH(envp) - 2 && start->envp[count]; count++)
		envp[count] = start->envp[count];
	envp[count] = port;
	execute(start->argv[1], (const char *const *)start->argv + 1, envp);
}

BEGIN(begin_with(&start));
