/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-5: programs on a file system that is memory, wherever it is mounted and whatever hides it. */
#include <linux/mount.h>
#include "payload.h"

#define IN_SHM "/dev/shm/tracee-attack"

/* Leaves no file behind: a child executes it. */
static void execute_and_remove(const char *path, const char *file)
{
	long child = fork_bound();
	int status;

	if (!child)
		execute_path(path);
	status = wait_for(child);
	call3(__NR_unlinkat, AT_FDCWD, (long)file, 0);
	leave((status >> 8) & 0xff);
}

static void require_shm(void)
{
	/* struct statfs begins with the kind of file system. */
	long room[32] = { 0 };

	if (call3(__NR_statfs, (long)"/dev/shm", (long)room, 0) || room[0] != 0x01021994)
		impossible("/dev/shm is no tmpfs");
}

static void in_shm(struct start *start)
{
	require_shm();
	execute_and_remove(file_payload(IN_SHM), IN_SHM);
}

/* From a directory on disk, by a name that says nothing. */
static void by_symlink(struct start *start)
{
	require_shm();
	file_payload(IN_SHM);
	call3(__NR_unlinkat, AT_FDCWD, (long)"program", 0);
	require(call3(__NR_symlinkat, (long)IN_SHM, AT_FDCWD, (long)"program"), "symlink");
	execute_and_remove("./program", IN_SHM);
}

static void by_root_of_proc(struct start *start)
{
	require_shm();
	file_payload(IN_SHM);
	execute_and_remove("/proc/self/root" IN_SHM, IN_SHM);
}

static void by_working_directory(struct start *start)
{
	require_shm();
	file_payload(IN_SHM);
	require(call3(__NR_chdir, (long)"/dev/shm", 0, 0), "chdir");
	execute_and_remove("./tracee-attack", IN_SHM);
}

static void script(struct start *start)
{
	long fd;

	require_shm();
	call3(__NR_unlinkat, AT_FDCWD, (long)IN_SHM, 0);
	fd = require(open_file(IN_SHM, O_WRONLY | O_CREAT | O_EXCL), IN_SHM);
	require(write_text(fd, "#!/bin/sh\nexit 0\n"), "write");
	close_file(fd);
	execute_and_remove(IN_SHM, IN_SHM);
}

static void mapped(struct start *start)
{
	long fd, at;

	require_shm();
	fd = require(open_file(file_payload(IN_SHM), O_RDONLY), IN_SHM);
	at = call6(__NR_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	call3(__NR_unlinkat, AT_FDCWD, (long)IN_SHM, 0);
	can(at, "mmap");
}

/* Mounts of its own end with this process. */
static void mount_own(const char *kind, const char *options)
{
	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare of mounts");
	require(call5(__NR_mount, 0, (long)"/", 0, MS_REC | MS_PRIVATE, 0), "mount");
	call3(__NR_mkdirat, AT_FDCWD, (long)"mounted", 0755);
	can(call5(__NR_mount, (long)"none", (long)"mounted", (long)kind, 0, (long)options), "mount");
}

static void in_own_tmpfs(struct start *start)
{
	mount_own("tmpfs", "");
	execute_path(file_payload("mounted/program"));
}

static void in_ramfs(struct start *start)
{
	mount_own("ramfs", "");
	execute_path(file_payload("mounted/program"));
}

/* The file of an overlay lies on the tmpfs below it. */
static void in_overlay(struct start *start)
{
	static const char *const directories[] = { "mounted/upper", "mounted/work", "mounted/lower", "merged" };

	mount_own("tmpfs", "");
	for (unsigned long i = 0; i < LENGTH(directories); i++)
		call3(__NR_mkdirat, AT_FDCWD, (long)directories[i], 0755);
	can(call5(__NR_mount, (long)"none", (long)"merged", (long)"overlay", 0,
		  (long)"lowerdir=mounted/lower,upperdir=mounted/upper,workdir=mounted/work"),
	    "mount of an overlay");
	execute_path(file_payload("merged/program"));
}

/* A directory of a tmpfs appears in a tree that is on disk. */
static void by_bind_mount(struct start *start)
{
	mount_own("tmpfs", "");
	call3(__NR_mkdirat, AT_FDCWD, (long)"mounted/bin", 0755);
	call3(__NR_mkdirat, AT_FDCWD, (long)"bin", 0755);
	file_payload("mounted/bin/program");
	require(call5(__NR_mount, (long)"mounted/bin", (long)"bin", 0, MS_BIND, 0), "bind mount");
	execute_path("bin/program");
}

/* One file alone, over one that is on disk. */
static void over_file(struct start *start)
{
	file_payload("program");
	mount_own("tmpfs", "");
	file_payload("mounted/program");
	require(call5(__NR_mount, (long)"mounted/program", (long)"program", 0, MS_BIND, 0), "bind mount");
	execute_path("./program");
}

/* The tmpfs is unmounted before the program starts: no path leads there any more. */
static void detached(struct start *start)
{
	const long detach = 2;
	long fd;

	mount_own("tmpfs", "");
	fd = require(open_file(file_payload("mounted/program"), O_RDONLY), "mounted/program");
	require(call3(__NR_umount2, (long)"mounted", detach, 0), "umount");
	execute_fd(fd);
}

static void in_root(struct start *start)
{
	mount_own("tmpfs", "");
	file_payload("mounted/program");
	can(call3(__NR_chroot, (long)"mounted", 0, 0), "chroot");
	execute_path("/program");
}

static const struct act fl_tmpfs_acts[] = {
	{ "nothing", do_nothing },
	{ "shm", in_shm },
	{ "symlink", by_symlink },
	{ "proc-root", by_root_of_proc },
	{ "working-directory", by_working_directory },
	{ "script", script },
	{ "mapped", mapped },
	{ "own-tmpfs", in_own_tmpfs },
	{ "ramfs", in_ramfs },
	{ "overlay", in_overlay },
	{ "bind-mount", by_bind_mount },
	{ "over-file", over_file },
	{ "detached", detached },
	{ "root", in_root },
};

PROGRAM(fl_tmpfs_acts)
