/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRC-7: a program starts with a library that the loader is told to load before all others. The library is the second
 * argument; where there is none, one that does not exist, which the loader complains about.
 */
#include <linux/memfd.h>
#include "freestanding.h"

#define MAX_STRINGS 4096

/* A program that needs the loader. */
static const char target[] = "/usr/bin/env";

static const char *const loaders[] = { "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1" };

static const char *library_of(struct start *start)
{
	return start->argc > 2 ? start->argv[2] : "/nonexistent/library.so";
}

/* LD_PRELOAD=… of several parts. */
static const char *variable(const char *name, const char *before, const char *library)
{
	static char text[2][4096];
	static int next;
	char *end = append_text(append_text(text[next], name), "=");

	append_text(append_text(end, before), library);
	return text[next++];
}

static void run(const char *const *envp)
{
	static const char *const argv[] = { "env", 0 };

	can(call3(__NR_execve, (long)target, (long)argv, (long)envp), target);
}

static void with_one(const char *entry)
{
	const char *const envp[] = { "PATH=/usr/bin:/bin", entry, 0 };

	run(envp);
}

static void by_preload(struct start *start)
{
	with_one(variable("LD_PRELOAD", "", library_of(start)));
}

static void by_audit(struct start *start)
{
	with_one(variable("LD_AUDIT", "", library_of(start)));
}

/* The harmless library first. */
static void after_another(struct start *start)
{
	with_one(variable("LD_PRELOAD", "libc.so.6:", library_of(start)));
}

static void after_blanks(struct start *start)
{
	with_one(variable("LD_PRELOAD", "libc.so.6  ", library_of(start)));
}

static void by_file_descriptor(struct start *start)
{
	char path[64];
	long fd = can(call3(__NR_memfd_create, (long)"library", 0, 0), "memfd_create");

	if (start->argc > 2)
		copy_file(require(open_file(start->argv[2], O_RDONLY), start->argv[2]), fd);
	append_number(append_text(path, "/proc/self/fd/"), fd);
	with_one(variable("LD_PRELOAD", "", path));
}

/* The same variable twice: who looks at one of them sees nothing. */
static void twice(struct start *start)
{
	const char *const envp[] = { "LD_PRELOAD=", variable("LD_PRELOAD", "", library_of(start)), 0 };

	run(envp);
}

static void twice_reversed(struct start *start)
{
	const char *const envp[] = { variable("LD_PRELOAD", "", library_of(start)), "LD_PRELOAD=", 0 };

	run(envp);
}

/* Behind so much else that a copy of the beginning does not reach it. */
static void behind(struct start *start, unsigned long bytes, unsigned long string_bytes)
{
	static char fill[131072];
	static const char *envp[MAX_STRINGS + 2];
	unsigned long count = bytes / string_bytes;

	fill[0] = 'X';
	fill[1] = '=';
	for (unsigned long i = 2; i < string_bytes - 1; i++)
		fill[i] = 'x';
	for (unsigned long i = 0; i < count; i++)
		envp[i] = fill;
	envp[count] = variable("LD_PRELOAD", "", library_of(start));
	run(envp);
}

static void behind_30_kib(struct start *start)
{
	behind(start, 30 << 10, 1024);
}

static void behind_many(struct start *start)
{
	behind(start, 3000 * 8, 8);
}

static void behind_one_string(struct start *start)
{
	behind(start, 100000, 100000);
}

static void behind_300_kib(struct start *start)
{
	behind(start, 300 << 10, 1024);
}

static void behind_1500_kib(struct start *start)
{
	behind(start, 1500 << 10, 65536);
}

static void without_arguments(struct start *start)
{
	static const char *const argv[] = { 0 };
	const char *const envp[] = { variable("LD_PRELOAD", "", library_of(start)), 0 };

	can(call3(__NR_execve, (long)target, (long)argv, (long)envp), target);
}

static void by_execveat(struct start *start)
{
	static const char *const argv[] = { "env", 0 };
	const char *const envp[] = { variable("LD_PRELOAD", "", library_of(start)), 0 };
	long fd = can(open_file(target, O_RDONLY | O_CLOEXEC), target);

	can(call5(__NR_execveat, fd, (long)"", (long)argv, (long)envp, AT_EMPTY_PATH), "execveat");
}

static void in_child_of_vfork(struct start *start)
{
	const char *entry = variable("LD_PRELOAD", "", library_of(start));
	long child = require(call5(__NR_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0), "clone");

	if (!child)
		with_one(entry);
	leave_with(child);
}

/* The loader is a program, and takes the library as an argument. */
static void by_loader(const char *loader, const char *option, const char *library)
{
	const char *const argv[] = { "ld.so", option, library, target, 0 };
	static const char *const envp[] = { 0 };

	call3(__NR_execve, (long)loader, (long)argv, (long)envp);
}

static void by_loaders(const char *option, const char *library)
{
	for (unsigned long i = 0; i < LENGTH(loaders); i++)
		by_loader(loaders[i], option, library);
	impossible("there is no loader of dynamic programs");
}

static void preload_by_loader(struct start *start)
{
	by_loaders("--preload", library_of(start));
}

static void audit_by_loader(struct start *start)
{
	by_loaders("--audit", library_of(start));
}

/* Under a name of its own. */
static void by_copied_loader(struct start *start)
{
	long from = -1, to;

	for (unsigned long i = 0; from < 0 && i < LENGTH(loaders); i++)
		from = open_file(loaders[i], O_RDONLY);
	call3(__NR_unlinkat, AT_FDCWD, (long)"harmless", 0);
	to = require(open_file("harmless", O_WRONLY | O_CREAT | O_EXCL), "harmless");
	copy_file(can(from, "the loader of dynamic programs"), to);
	close_file(to);
	by_loader("./harmless", "--preload", library_of(start));
	leave(1);
}

static const struct act pl_env_acts[] = {
	{ "preload", by_preload },
	{ "audit", by_audit },
	{ "after-another", after_another },
	{ "after-blanks", after_blanks },
	{ "file-descriptor", by_file_descriptor },
	{ "twice", twice },
	{ "twice-reversed", twice_reversed },
	{ "behind-30-kib", behind_30_kib },
	{ "behind-many", behind_many },
	{ "behind-one-string", behind_one_string },
	{ "behind-300-kib", behind_300_kib },
	{ "behind-1500-kib", behind_1500_kib },
	{ "without-arguments", without_arguments },
	{ "execveat", by_execveat },
	{ "vfork", in_child_of_vfork },
	{ "loader-preload", preload_by_loader },
	{ "loader-audit", audit_by_loader },
	{ "loader-copied", by_copied_loader },
};

PROGRAM(pl_env_acts)
