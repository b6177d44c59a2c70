/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a program with arguments in memory that nobody has touched: on entry to execve their pages are not
 * there yet, so that only the kernel can read them, and does.
 */
#include "../attacks/freestanding.h"

#define PAGE_APART __attribute__((aligned(4096)))

static const struct {
	PAGE_APART char pathname[16];
	PAGE_APART char first[8];
	PAGE_APART char second[16];
	PAGE_APART char end;
} untouched PAGE_APART = { "/bin/true", "true", "never touched", 0 };

void _start(void)
{
	static const char *const argv[] = { untouched.first, untouched.second, 0 };

	call4(__NR_execve, (long)untouched.pathname, (long)argv, 0, 0);
	leave(1);
}
