/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hold PATH NAME [ARGUMENT...]`: waits for a byte on descriptor 3, then becomes the program PATH with the arguments
 * from NAME on. What `tracee -- PROGRAM` starts where there is no shell. Status 126 where PATH cannot be run.
 */
#include "../attacks/freestanding.h"

#define GATE 3
#define CANNOT_RUN 126

static void hold(struct start *start)
{
	char byte;

	if (start->argc < 3)
		return;
	/* The end of the input says that tracee has ended before it was ready. */
	if (call3(__NR_read, GATE, (long)&byte, 1) != 1)
		leave(1);
	close_file(GATE);
	call3(__NR_execve, (long)start->argv[1], (long)(start->argv + 2), (long)start->envp);
	say(start->argv[1]);
	say(": cannot be run\n");
	leave(CANNOT_RUN);
}

BEGIN(hold(&start));
