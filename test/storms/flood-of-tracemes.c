/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks to be traced (TRC-2) as often as is needed to fill what is kept of findings for a reader who takes none, and no
 * faster than they can be made.
 */
#include "../attacks/freestanding.h"

#define BURSTS 6000
#define CALLS 10
#define PAUSE_NS 1000000

void _start(void)
{
	static const long pause[2] = {0, PAUSE_NS};

	for (long burst = 0; burst < BURSTS; burst++) {
		for (long i = 0; i < CALLS; i++)
			call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		call4(__NR_nanosleep, (long)pause, 0, 0, 0);
	}
	leave(0);
}
