// SPDX-License-Identifier: Apache-2.0
/* What is done to files, each in the working directory: `file` is there where it is needed. */
#include "../attacks/sockets.h"

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

/* A new mount's place in the tree is chosen later (fsopen(), open_tree()). */
#define OPEN_TREE_CLONE 1
#define MOVE_MOUNT_FROM_EMPTY 4

static void move_mount_here(struct start *start)
{
	long tree;

	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare");
	can(call5(__NR_mount, 0, (long)"/", 0, MOUNT_RECURSIVE_PRIVATE, 0), "mount --make-rprivate");
	require(call3(__NR_mkdirat, AT_FDCWD, (long)"from", 0700), "mkdirat");
	require(call3(__NR_mkdirat, AT_FDCWD, (long)"to", 0700), "mkdirat");
	can(call5(__NR_mount, (long)"nothing", (long)"from", (long)"tmpfs", MOUNT_NOSUID, 0), "mount");
	tree = can(call3(__NR_open_tree, AT_FDCWD, (long)"from", OPEN_TREE_CLONE), "open_tree");
	can(call5(__NR_move_mount, tree, (long)"", AT_FDCWD, (long)"to", MOVE_MOUNT_FROM_EMPTY), "move_mount");
}

/* Its program is here to be read, as by an interpreter. */
static void open_memory_file(struct start *start)
{
	long fd = can(call3(__NR_memfd_create, (long)"program", 0, 0), "memfd_create");
	char path[32];

	require(write_text(fd, "#!/bin/sh\n"), "write");
	append_number(append_text(path, "/proc/self/fd/"), fd);
	can(open_file(path, O_RDONLY), path);
}

static void make_pipe(struct start *start)
{
	require(call4(__NR_mknodat, AT_FDCWD, (long)"pipe", S_IFIFO | 0640, 0), "mknodat");
}

/* As /dev/null: character device 1:3. */
static void make_device(struct start *start)
{
	can(call4(__NR_mknodat, AT_FDCWD, (long)"null", S_IFCHR | 0600, 1 << 8 | 3), "mknodat");
}

static void receive_file(struct start *start)
{
	int pair[2];

	make_pair(pair);
	pass_file(pair[0], require(open_file("file", O_RDONLY), "file"));
	pass_file(pair[1], -1);
}

static const struct act file_acts[] = {
	{ "unlink", remove_file },
	{ "rename", rename_file },
	{ "link", link_file },
	{ "symlink", link_symbolically },
	{ "truncate", truncate_file },
	{ "mount", mount_here },
	{ "move-mount", move_mount_here },
	{ "memory", open_memory_file },
	{ "pipe", make_pipe },
	{ "device", make_device },
	{ "receive", receive_file },
};

PROGRAM(file_acts)
