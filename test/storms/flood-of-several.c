/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flood of several events at once, as fast as the processor makes them: calls that fail and change nothing, and
 * a write to nowhere, which is an event of the file system beside the call.
 */
#include "../attacks/freestanding.h"

#define ROUNDS 25000
#define NO_REQUEST 0x7fff
#define NO_DESCRIPTOR (-1L)

void _start(void)
{
	long null = require(call4(__NR_openat, AT_FDCWD, (long)"/dev/null", O_WRONLY, 0), "open /dev/null");

	for (long i = 0; i < ROUNDS; i++) {
		call4(__NR_ptrace, NO_REQUEST, 0, 0, 0);
		call4(__NR_write, null, (long)"x", 1, 0);
		call4(__NR_close, NO_DESCRIPTOR, 0, 0, 0);
		call4(__NR_openat, NO_DESCRIPTOR, (long)"nowhere", O_RDONLY, 0);
		call4(__NR_setns, NO_DESCRIPTOR, 0, 0, 0);
	}
	leave(0);
}
