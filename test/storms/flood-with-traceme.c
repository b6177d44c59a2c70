/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flood of ptrace calls that fail, as fast as the processor makes them, with one real attempt (TRC-2) in
 * the middle. The requests of the flood do not exist and name no process, so that they change nothing.
 */
#include "../attacks/freestanding.h"

#define CALLS_BEFORE 400000
#define CALLS_AFTER 100000
#define NO_REQUEST 0x7fff

static void flood(long calls)
{
	for (long i = 0; i < calls; i++)
		call4(__NR_ptrace, NO_REQUEST, 0, 0, 0);
}

void _start(void)
{
	long result;

	flood(CALLS_BEFORE);
	result = call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
	flood(CALLS_AFTER);
	leave(result != 0);
}
