// SPDX-License-Identifier: Apache-2.0
/* Modules of the kernel: one that does nothing, a network driver. What is no module, ../attacks/km-load.c has. */
#include <linux/socket.h>
#include "../attacks/freestanding.h"

/* AF_KCM: a module on Debian's kernels, that nobody has loaded. */
#define FAMILY_OF_MODULE 41
#define SOCK_DGRAM 2

/* Whether there is one makes no difference to the request. */
static void request_module(struct start *start)
{
	call3(__NR_socket, FAMILY_OF_MODULE, SOCK_DGRAM, 0);
}

static void insert_module(struct start *start)
{
	long fd = can(open_file(start->argv[2], O_RDONLY), "module.ko");

	can(call3(__NR_finit_module, fd, (long)"", 0), "finit_module");
}

static void remove_module(struct start *start)
{
	can(call3(__NR_delete_module, (long)"dummy", 0, 0), "delete_module");
}

static const struct act module_acts[] = {
	{ "insert", insert_module },
	{ "remove", remove_module },
	{ "request", request_module },
};

PROGRAM(module_acts)
