/* SPDX-License-Identifier: Apache-2.0 */
/* What is executed from a place without a name: a copy of the program itself, told to do nothing. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <linux/memfd.h>
#include "freestanding.h"

static const char *const payload_argv[] = { "payload", "nothing", 0 };
static const char *const payload_envp[] = { "PATH=/usr/bin:/bin", 0 };

static inline void do_nothing(struct start *start)
{
	leave(0);
}

static inline long fill(long fd)
{
	long from = require(open_file("/proc/self/exe", O_RDONLY), "/proc/self/exe");

	copy_file(from, fd);
	close_file(from);
	return fd;
}

/* The same file, open for reading only: the kernel executes nothing that somebody may write to. */
static inline long reopen(long fd)
{
	char path[64];
	long again;

	append_number(append_text(path, "/proc/self/fd/"), fd);
	again = require(open_file(path, O_RDONLY), path);
	close_file(fd);
	return again;
}

static inline long memfd_payload(const char *name)
{
	return fill(can(call3(__NR_memfd_create, (long)name, 0, 0), "memfd_create"));
}

static inline const char *file_payload(const char *path)
{
	call3(__NR_unlinkat, AT_FDCWD, (long)path, 0);
	close_file(fill(can(open_file(path, O_WRONLY | O_CREAT | O_EXCL), path)));
	return path;
}

static inline void execute_fd(long fd)
{
	can(call5(__NR_execveat, fd, (long)"", (long)payload_argv, (long)payload_envp, AT_EMPTY_PATH), "execveat");
}

static inline void execute_path(const char *path)
{
	can(call3(__NR_execve, (long)path, (long)payload_argv, (long)payload_envp), path);
}

static inline void execute_proc_fd(long pid, long fd)
{
	char path[64];
	char *end = append_number(append_text(path, "/proc/"), pid);

	append_number(append_text(end, "/fd/"), fd);
	execute_path(path);
}

#endif
