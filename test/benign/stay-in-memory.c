/* SPDX-License-Identifier: Apache-2.0 */
/* A program, and a script, that lie in memory alone and stay until they are ended. */
#include <linux/time_types.h>
#include "../attacks/payload.h"

static const char *const stay_argv[] = { "payload", "stay", 0 };

static void execute_staying(long fd)
{
	can(call5(__NR_execveat, fd, (long)"", (long)stay_argv, (long)payload_envp, AT_EMPTY_PATH), "execveat");
}

static void program(struct start *start)
{
	execute_staying(memfd_payload("payload"));
}

static void script(struct start *start)
{
	long fd = can(call3(__NR_memfd_create, (long)"script", 0, 0), "memfd_create");

	require(write_text(fd, "#!/bin/sh\nexec sleep 60\n"), "write");
	execute_staying(fd);
}

static void stay(struct start *start)
{
	struct __kernel_timespec moment = { 60, 0 };

	call3(__NR_nanosleep, (long)&moment, 0, 0);
}

static const struct act stay_in_memory_acts[] = {
	{ "program", program },
	{ "script", script },
	{ "stay", stay },
};

PROGRAM(stay_in_memory_acts)
