/* SPDX-License-Identifier: Apache-2.0 */
/* Asks to be traced (TRC-2) twelve times: the first time is granted, the others are the same thing again. */
#include "../attacks/freestanding.h"

#define CALLS 12

void _start(void)
{
	for (long i = 0; i < CALLS; i++)
		call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
	leave(0);
}
