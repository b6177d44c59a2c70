/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRC-7: changes what /etc/ld.so.preload is without a call that names it: by mounts, and by requests to io_uring. As in
 * pl-file.c the file holds an empty line, and /etc must be marked as one to throw away.
 */
#include <linux/mount.h>
#include "preload.h"
#include "ring.h"

static void own_mounts(void)
{
	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare of mounts");
	require(call5(__NR_mount, 0, (long)"/", 0, MS_REC | MS_PRIVATE, 0), "mount");
}

static void by_bind_mount(struct start *start)
{
	make_other();
	own_mounts();
	can(call5(__NR_mount, (long)OTHER, (long)PRELOAD, 0, MS_BIND, 0), "bind mount");
}

/* The calls that mount in steps. */
static void by_moved_mount(struct start *start)
{
	long tree;

	make_other();
	own_mounts();
	tree = can(call3(__NR_open_tree, AT_FDCWD, (long)OTHER, OPEN_TREE_CLONE), "open_tree");
	can(call5(__NR_move_mount, tree, (long)"", AT_FDCWD, (long)PRELOAD, MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
}

static void make_directory_with_preload(void)
{
	call3(__NR_mkdirat, AT_FDCWD, (long)"prepared", 0755);
	write_to(open_file("prepared/ld.so.preload", O_WRONLY | O_CREAT));
}

/* Another directory takes the place of /etc. */
static void over_directory(struct start *start)
{
	require_throw_away();
	make_directory_with_preload();
	own_mounts();
	can(call5(__NR_mount, (long)"prepared", (long)"/etc", 0, MS_BIND, 0), "bind mount");
}

static void over_directory_in_steps(struct start *start)
{
	long tree;

	require_throw_away();
	make_directory_with_preload();
	own_mounts();
	tree = can(call3(__NR_open_tree, AT_FDCWD, (long)"prepared", OPEN_TREE_CLONE), "open_tree");
	can(call5(__NR_move_mount, tree, (long)"", AT_FDCWD, (long)"/etc", MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
}

/* /etc under another name. */
static void by_alias(struct start *start)
{
	require_throw_away();
	call3(__NR_mkdirat, AT_FDCWD, (long)"alias", 0755);
	own_mounts();
	can(call5(__NR_mount, (long)"/etc", (long)"alias", 0, MS_BIND, 0), "bind mount");
	write_to(open_file("alias/ld.so.preload", O_WRONLY | O_CREAT));
}

static void by_alias_renamed(struct start *start)
{
	make_other();
	call3(__NR_mkdirat, AT_FDCWD, (long)"alias", 0755);
	own_mounts();
	can(call5(__NR_mount, (long)"/etc", (long)"alias", 0, MS_BIND, 0), "bind mount");
	can(call5(__NR_renameat2, AT_FDCWD, (long)"alias/tracee-other", AT_FDCWD, (long)"alias/ld.so.preload", 0),
	    "rename");
}

static long ask(struct io_uring_sqe request)
{
	struct ring ring = open_ring();

	return can(ask_ring(&ring, &request), "the request to io_uring");
}

static void by_ring(struct start *start)
{
	struct io_uring_sqe request = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .len = 0644 };

	require_throw_away();
	request.addr = (unsigned long)PRELOAD;
	request.open_flags = O_WRONLY | O_CREAT;
	write_to(ask(request));
}

/* Two names and no more in each of these: `addr` is the first, `off` the second, `len` the second's directory. */
static void by_ring_rename(struct start *start)
{
	struct io_uring_sqe request = { .opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD, .len = AT_FDCWD };

	make_other();
	request.addr = (unsigned long)OTHER;
	request.off = (unsigned long)PRELOAD;
	ask(request);
}

static void by_ring_link(struct start *start)
{
	struct io_uring_sqe request = { .opcode = IORING_OP_LINKAT, .fd = AT_FDCWD, .len = AT_FDCWD };

	make_other();
	request.addr = (unsigned long)OTHER;
	request.off = (unsigned long)PRELOAD;
	ask(request);
}

static void by_ring_symlink(struct start *start)
{
	struct io_uring_sqe request = { .opcode = IORING_OP_SYMLINKAT, .fd = AT_FDCWD };

	require_throw_away();
	request.addr = (unsigned long)"/tmp/nothing";
	request.off = (unsigned long)PRELOAD;
	ask(request);
}

static const struct act pl_detour_acts[] = {
	{ "bind-mount", by_bind_mount },
	{ "moved-mount", by_moved_mount },
	{ "over-directory", over_directory },
	{ "over-directory-in-steps", over_directory_in_steps },
	{ "alias", by_alias },
	{ "alias-renamed", by_alias_renamed },
	{ "ring", by_ring },
	{ "ring-rename", by_ring_rename },
	{ "ring-link", by_ring_link },
	{ "ring-symlink", by_ring_symlink },
};

PROGRAM(pl_detour_acts)
