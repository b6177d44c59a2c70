// SPDX-License-Identifier: Apache-2.0
/* What is done to files, each in the working directory: `file` is there where it is needed. */
#include "../attacks/freestanding.h"

/* include/uapi/linux/mount.h */
#define MOUNT_NOSUID 2
#define MOUNT_RECURSIVE_PRIVATE (0x4000 | 0x40000)

static void remove_file(struct start *start)
{
	require(call3(__NR_unlinkat, AT_FDCWD, (long)"file", 0), "unlinkat");
}

static void rename_file(struct start *start)
{
	require(call5(__NR_renameat2, AT_FDCWD, (long)"file", AT_FDCWD, (long)"other", 0), "renameat2");
}

static void link_file(struct start *start)
{
	require(call5(__NR_linkat, AT_FDCWD, (long)"file", AT_FDCWD, (long)"other", 0), "linkat");
}

static void link_symbolically(struct start *start)
{
	require(call3(__NR_symlinkat, (long)"file", AT_FDCWD, (long)"other"), "symlinkat");
}

static void truncate_file(struct start *start)
{
	require(call3(__NR_truncate, (long)"file", 1, 0), "truncate");
}

static void mount_here(struct start *start)
{
	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare");
	can(call5(__NR_mount, 0, (long)"/", 0, MOUNT_RECURSIVE_PRIVATE, 0), "mount --make-rprivate");
	can(call5(__NR_mount, (long)"nothing", (long)".", (long)"tmpfs", MOUNT_NOSUID, 0), "mount");
}

static const struct act file_acts[] = {
	{ "unlink", remove_file },	   { "rename", rename_file },	  { "link", link_file },
	{ "symlink", link_symbolically }, { "truncate", truncate_file }, { "mount", mount_here },
};

PROGRAM(file_acts)
