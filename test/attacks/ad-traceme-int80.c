/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-2, evasive: the same call through the 32-bit interface, by a 64-bit program. x86-64 only. */
#include "freestanding.h"

#define I386_SYS_PTRACE 26

void _start(void)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(I386_SYS_PTRACE), "b"(PTRACE_TRACEME), "c"(0), "d"(0), "S"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	leave(result != 0);
}
