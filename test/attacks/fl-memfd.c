/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-5: programs in memory alone: memfd, and files that have lost their name or never had one. */
#include <linux/fcntl.h>
#include "payload.h"
#include "ring.h"

#define RX (PROT_READ | PROT_EXEC)

static void by_execveat(struct start *start)
{
	execute_fd(memfd_payload("payload"));
}

static void by_proc_fd(struct start *start)
{
	execute_proc_fd(own_pid(), memfd_payload("payload"));
}

/* The descriptor is another process's. */
static void by_parents_fd(struct start *start)
{
	long fd = memfd_payload("payload"), parent = own_pid(), child = fork_bound();

	if (!child) {
		close_file(fd);
		execute_proc_fd(parent, fd);
	}
	leave_with(child);
}

/* How runc's copy of itself is called. */
static void called_runc(struct start *start)
{
	execute_fd(memfd_payload("runc_cloned:/proc/self/exe"));
}

/* And sealed as runc does it. */
static void sealed(struct start *start)
{
	const long seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	long fd = fill(can(call3(__NR_memfd_create, (long)"runc_cloned:/proc/self/exe",
				 MFD_CLOEXEC | MFD_ALLOW_SEALING, 0),
			   "memfd_create"));

	require(call3(__NR_fcntl, fd, F_ADD_SEALS, seals), "F_ADD_SEALS");
	execute_fd(fd);
}

static void called_systemd(struct start *start)
{
	execute_fd(memfd_payload("systemd-executor"));
}

static void script(struct start *start)
{
	long fd = can(call3(__NR_memfd_create, (long)"script", 0, 0), "memfd_create");

	require(write_text(fd, "#!/bin/sh\nexit 0\n"), "write");
	execute_fd(fd);
}

/* A program in memory executes another. */
static void in_two_steps(struct start *start)
{
	const char *const argv[] = { "first", "proc-fd", 0 };

	can(call5(__NR_execveat, memfd_payload("first"), (long)"", (long)argv, (long)payload_envp, AT_EMPTY_PATH),
	    "execveat");
}

/* A script: the parts of a program would have to lie on huge pages too. */
static void huge(struct start *start)
{
	const unsigned long huge_page = 2 << 20;
	long fd = can(call3(__NR_memfd_create, (long)"payload", MFD_HUGETLB, 0), "memfd_create with MFD_HUGETLB"), at;

	can(call3(__NR_ftruncate, fd, huge_page, 0), "ftruncate");
	at = call6(__NR_mmap, 0, huge_page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at < 0 && at > -4096)
		impossible("there are no huge pages (vm.nr_hugepages)");
	append_text((char *)at, "#!/bin/sh\nexit 0\n");
	require(call3(__NR_munmap, at, huge_page, 0), "munmap");
	execute_proc_fd(own_pid(), fd);
}

/* The loader of programs is on disk; what it loads is not. */
static void by_loader(struct start *start)
{
	static const char *const loaders[] = { "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1" };
	long fd = can(call3(__NR_memfd_create, (long)"payload", 0, 0), "memfd_create");
	char path[64];
	const char *argv[] = { "ld.so", path, "--version", 0 };

	/* A program that the loader can run: one of the system's that needs it. */
	copy_file(can(open_file("/usr/bin/env", O_RDONLY), "/usr/bin/env"), fd);
	append_number(append_text(path, "/proc/self/fd/"), fd);
	for (unsigned long i = 0; i < LENGTH(loaders); i++)
		call3(__NR_execve, (long)loaders[i], (long)argv, (long)payload_envp);
	impossible("there is no loader of dynamic programs");
}

/* Without any exec: code of the file is mapped and could be called. */
static void mapped(struct start *start)
{
	can(call6(__NR_mmap, 0, 4096, RX, MAP_PRIVATE, memfd_payload("library"), 0), "mmap");
}

static void unlinked_mapped(struct start *start)
{
	long fd = require(open_file(file_payload("library"), O_RDONLY), "library");

	require(call3(__NR_unlinkat, AT_FDCWD, (long)"library", 0), "unlink");
	can(call6(__NR_mmap, 0, 4096, RX, MAP_PRIVATE, fd, 0), "mmap");
}

static void unlinked(struct start *start)
{
	long fd = require(open_file(file_payload("program"), O_RDONLY), "program");

	require(call3(__NR_unlinkat, AT_FDCWD, (long)"program", 0), "unlink");
	execute_fd(fd);
}

/* A file in a directory that is gone too. */
static void in_lost_directory(struct start *start)
{
	long fd;

	call3(__NR_mkdirat, AT_FDCWD, (long)"lost", 0755);
	fd = require(open_file(file_payload("lost/program"), O_RDONLY), "lost/program");
	require(call3(__NR_unlinkat, AT_FDCWD, (long)"lost/program", 0), "unlink");
	require(call3(__NR_unlinkat, AT_FDCWD, (long)"lost", AT_REMOVEDIR), "rmdir");
	execute_proc_fd(own_pid(), fd);
}

static void without_name(struct start *start)
{
	long fd = can(open_file(".", O_TMPFILE | O_RDWR), "open with O_TMPFILE");

	execute_fd(reopen(fill(fd)));
}

static void without_name_by_ring(struct start *start)
{
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .len = 0700 };

	request.addr = (unsigned long)".";
	request.open_flags = O_TMPFILE | O_RDWR;
	execute_fd(reopen(fill(can(ask_ring(&ring, &request), "open by io_uring"))));
}

/* Runs from a file, then removes it. */
static void removes_itself(struct start *start)
{
	const char *const argv[] = { "./program", "remove-2", 0 };

	can(call3(__NR_execve, (long)file_payload("program"), (long)argv, (long)payload_envp), "program");
}

static void remove_own_file(struct start *start)
{
	require(call3(__NR_unlinkat, AT_FDCWD, (long)start->argv[0], 0), "unlink");
}

/* The same by a child of its own: the parent's file goes. */
static void removes_itself_by_child(struct start *start)
{
	const char *const argv[] = { "./program", "remove-child-2", 0 };

	can(call3(__NR_execve, (long)file_payload("program"), (long)argv, (long)payload_envp), "program");
}

static void remove_own_file_by_child(struct start *start)
{
	long child = fork_bound();

	if (!child) {
		remove_own_file(start);
		leave(0);
	}
	leave_with(child);
}

static void in_child_of_vfork(struct start *start)
{
	long fd = memfd_payload("payload");
	long child = require(call5(__NR_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0), "clone");

	if (!child)
		execute_fd(fd);
	leave_with(child);
}

static const struct act fl_memfd_acts[] = {
	{ "nothing", do_nothing },
	{ "execveat", by_execveat },
	{ "proc-fd", by_proc_fd },
	{ "parents-fd", by_parents_fd },
	{ "called-runc", called_runc },
	{ "sealed", sealed },
	{ "called-systemd", called_systemd },
	{ "script", script },
	{ "two-steps", in_two_steps },
	{ "huge", huge },
	{ "loader", by_loader },
	{ "mapped", mapped },
	{ "unlinked", unlinked },
	{ "unlinked-mapped", unlinked_mapped },
	{ "lost-directory", in_lost_directory },
	{ "without-name", without_name },
	{ "without-name-ring", without_name_by_ring },
	{ "remove", removes_itself },
	{ "remove-2", remove_own_file },
	{ "remove-child", removes_itself_by_child },
	{ "remove-child-2", remove_own_file_by_child },
	{ "vfork", in_child_of_vfork },
};

PROGRAM(fl_memfd_acts)
