/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-2, plain: asks the parent to trace this process, so that no debugger can attach. */
#include "freestanding.h"

void _start(void)
{
	leave(call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) != 0);
}
