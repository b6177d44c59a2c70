/* SPDX-License-Identifier: Apache-2.0 */
/* Becomes /bin/true through execveat, which a watcher of execve alone does not see. Harmless, no rule's business. */
#include "../attacks/freestanding.h"

void _start(void)
{
	static const char path[] = "/bin/true";
	static const char *const argv[] = { "true", "an argument", 0 };
	static const char *const envp[] = { 0 };

	leave(call5(__NR_execveat, AT_FDCWD, (long)path, (long)argv, (long)envp, 0) != 0);
}
