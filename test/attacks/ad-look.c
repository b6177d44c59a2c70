/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-2: a program looks whether it is being traced: TracerPid in its own status, by each path to that file. */
#include "ring.h"

static const char wanted[] = "TracerPid:\t";

/* Finds the line; a tracer there would be the debugger that is looked for. */
static void look(long fd)
{
	static char text[4096];
	long length = require(call3(__NR_read, can(fd, "open of status"), (long)text, sizeof(text) - 1), "read");

	for (long i = 0; i + (long)sizeof(wanted) < length; i++) {
		unsigned long same = 0;

		while (same < sizeof(wanted) - 1 && text[i + same] == wanted[same])
			same++;
		if (same == sizeof(wanted) - 1)
			leave(text[i + same] == '0' ? 0 : 1);
	}
	leave(1);
}

static char *path_of(char *path, long pid, const char *rest)
{
	append_text(append_number(append_text(path, "/proc/"), pid), rest);
	return path;
}

static void by_self(struct start *start)
{
	look(open_file("/proc/self/status", O_RDONLY));
}

static void by_pid(struct start *start)
{
	char path[64];

	look(open_file(path_of(path, own_pid(), "/status"), O_RDONLY));
}

static void by_thread_self(struct start *start)
{
	look(open_file("/proc/thread-self/status", O_RDONLY));
}

static void by_task(struct start *start)
{
	char path[64];
	char *end = append_number(append_text(path, "/proc/"), own_pid());

	append_text(append_number(append_text(end, "/task/"), own_pid()), "/status");
	look(open_file(path, O_RDONLY));
}

static void by_directory(struct start *start)
{
	long directory = require(open_file("/proc/self", O_RDONLY | O_DIRECTORY), "/proc/self");

	look(call4(__NR_openat, directory, (long)"status", O_RDONLY, 0));
}

static void by_working_directory(struct start *start)
{
	require(call3(__NR_chdir, (long)"/proc/self", 0, 0), "chdir");
	look(open_file("status", O_RDONLY));
}

static void by_symlink(struct start *start)
{
	call3(__NR_unlinkat, AT_FDCWD, (long)"harmless", 0);
	require(call3(__NR_symlinkat, (long)"/proc/self/status", AT_FDCWD, (long)"harmless"), "symlink");
	look(open_file("harmless", O_RDONLY));
}

static void by_ring(struct start *start)
{
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD };

	request.addr = (unsigned long)"/proc/self/status";
	look(can(ask_ring(&ring, &request), "open by io_uring"));
}

/* A child looks for its parent. */
static void by_child(struct start *start)
{
	char path[64];
	long child;

	path_of(path, own_pid(), "/status");
	child = fork_bound();
	if (!child)
		look(open_file(path, O_RDONLY));
	leave_with(child);
}

/* Who started this program: a debugger? */
static void at_parents_name(struct start *start)
{
	char path[64], name[32];

	path_of(path, call3(__NR_getppid, 0, 0, 0), "/comm");
	require(call3(__NR_read, can(open_file(path, O_RDONLY), path), (long)name, sizeof(name)), "read");
}

static const struct act ad_look_acts[] = {
	{ "self", by_self },
	{ "pid", by_pid },
	{ "thread-self", by_thread_self },
	{ "task", by_task },
	{ "directory", by_directory },
	{ "working-directory", by_working_directory },
	{ "symlink", by_symlink },
	{ "ring", by_ring },
	{ "child", by_child },
	{ "parents-name", at_parents_name },
};

PROGRAM(ad_look_acts)
