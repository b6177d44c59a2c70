/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-4, TRC-5 and TRC-7 must be silent: memory, files and variables as ordinary programs use them. */
#include <linux/mount.h>
#include "../attacks/payload.h"

#define RW (PROT_READ | PROT_WRITE)

/* What the loader does with tables that it has filled. */
static void freeze_data(struct start *start)
{
	long at = map_memory(4096, RW);

	*(char *)at = 1;
	require(call3(__NR_mprotect, at, 4096, PROT_READ), "mprotect");
}

static void map_program(struct start *start)
{
	long fd = require(open_file("/bin/true", O_RDONLY), "/bin/true");

	require(call6(__NR_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), "mmap");
}

/* Threads' stacks, guards and arenas come and go. */
static void guard(struct start *start)
{
	long at = map_memory(8192, PROT_NONE);

	require(call3(__NR_mprotect, at + 4096, 4096, RW), "mprotect");
	*(char *)(at + 4096) = 1;
	require(call3(__NR_mprotect, at + 4096, 4096, PROT_NONE), "mprotect");
}

/* Shared buffers of graphics and sound. */
static void share_buffer(struct start *start)
{
	long fd = can(call3(__NR_memfd_create, (long)"buffer", 0, 0), "memfd_create");

	require(call3(__NR_ftruncate, fd, 4096, 0), "ftruncate");
	*(char *)require(call6(__NR_mmap, 0, 4096, RW, MAP_SHARED, fd, 0), "mmap") = 1;
	require(call6(__NR_mmap, 0, 4096, PROT_READ, MAP_SHARED, fd, 0), "mmap");
}

static void temporary_file(struct start *start)
{
	long fd = require(open_file("scratch", O_RDWR | O_CREAT), "scratch");

	require(call3(__NR_unlinkat, AT_FDCWD, (long)"scratch", 0), "unlink");
	require(write_text(fd, "data"), "write");
	require(call6(__NR_mmap, 0, 4096, RW, MAP_SHARED, fd, 0), "mmap");
}

/* A build: one process writes a program, others run it from disk. */
static void run_what_was_built(struct start *start)
{
	long child = fork_bound();

	file_payload("built");
	if (!child) {
		pause_ms(200);
		execute_path("./built");
	}
	leave_with(child);
}

/* An update: a program is replaced on disk while it runs, by another. */
static void replace_running(struct start *start)
{
	long child;
	const char *const argv[] = { "running", "wait-2", 0 };

	file_payload("running");
	child = fork_bound();
	if (!child)
		can(call3(__NR_execve, (long)"running", (long)argv, (long)payload_envp), "running");
	pause_ms(200);
	file_payload("running.new");
	require(call5(__NR_renameat2, AT_FDCWD, (long)"running.new", AT_FDCWD, (long)"running", 0), "rename");
	leave_with(child);
}

static void wait_a_while(struct start *start)
{
	pause_ms(500);
}

static void run_env(const char *one, const char *other)
{
	static const char *const argv[] = { "env", 0 };
	const char *const envp[] = { "PATH=/usr/bin:/bin", one, other, 0 };

	execute("/usr/bin/env", argv, envp);
}

static void empty_preload(struct start *start)
{
	run_env("LD_PRELOAD=", "LD_AUDIT=");
}

static void library_path(struct start *start)
{
	run_env("LD_LIBRARY_PATH=/usr/lib:/usr/local/lib", "LD_BIND_NOW=1");
}

static void similar_names(struct start *start)
{
	run_env("XLD_PRELOAD=/tmp/library.so", "LD_PRELOADED=/tmp/library.so");
}

static void in_a_value(struct start *start)
{
	run_env("HELP=set LD_PRELOAD=/tmp/library.so to try", "DOC=\nLD_PRELOAD=/tmp/library.so");
}

static void read_preload(struct start *start)
{
	call4(__NR_faccessat, AT_FDCWD, (long)"/etc/ld.so.preload", 4, 0);
	close_file(open_file("/etc/ld.so.preload", O_RDONLY));
}

static void same_name_elsewhere(struct start *start)
{
	close_file(require(open_file("ld.so.preload", O_WRONLY | O_CREAT), "ld.so.preload"));
	require(call5(__NR_renameat2, AT_FDCWD, (long)"ld.so.preload", AT_FDCWD, (long)"other", 0), "rename");
	require(call5(__NR_renameat2, AT_FDCWD, (long)"other", AT_FDCWD, (long)"ld.so.preload", 0), "rename");
}

static const struct act like_loaders_acts[] = {
	{ "nothing", do_nothing },
	{ "freeze-data", freeze_data },
	{ "map-program", map_program },
	{ "guard", guard },
	{ "share-buffer", share_buffer },
	{ "temporary-file", temporary_file },
	{ "run-built", run_what_was_built },
	{ "replace-running", replace_running },
	{ "wait-2", wait_a_while },
	{ "empty-preload", empty_preload },
	{ "library-path", library_path },
	{ "similar-names", similar_names },
	{ "in-a-value", in_a_value },
	{ "read-preload", read_preload },
	{ "same-name-elsewhere", same_name_elsewhere },
};

PROGRAM(like_loaders_acts)
