// SPDX-License-Identifier: Apache-2.0
/* A control group that is made, gets a child of this program, and is removed; seen by a mount of this program alone. */
#include "../attacks/freestanding.h"

#define RECURSIVE_PRIVATE (0x4000 | 0x40000)

static void use_group(struct start *start)
{
	char text[32];
	long members, child;

	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare");
	can(call5(__NR_mount, 0, (long)"/", 0, RECURSIVE_PRIVATE, 0), "mount --make-rprivate");
	require(call3(__NR_mkdirat, AT_FDCWD, (long)"groups", 0755), "mkdir");
	can(call5(__NR_mount, (long)"none", (long)"groups", (long)"cgroup2", 0, 0), "mount of cgroup2");
	require(call3(__NR_chdir, (long)"groups", 0, 0), "chdir");
	can(call3(__NR_mkdirat, AT_FDCWD, (long)"tracee-act", 0755), "mkdir of a group");
	members = require(open_file("tracee-act/cgroup.procs", O_WRONLY), "open of cgroup.procs");
	child = fork_bound();
	if (!child)
		for (;;)
			pause_ms(1000);
	append_number(text, child);
	require(write_text(members, text), "write to cgroup.procs");
	end_child(child);
	require(call3(__NR_unlinkat, AT_FDCWD, (long)"tracee-act", 0x200 /* AT_REMOVEDIR */), "rmdir");
}

static const struct act group_acts[] = { { "use", use_group } };

PROGRAM(group_acts)
