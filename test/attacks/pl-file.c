/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRC-7: changes /etc/ld.so.preload, by each call that can. The file it makes holds an empty line, and it refuses to
 * touch an /etc that is not marked as one to throw away.
 */
#include "preload.h"

static void by_write(struct start *start)
{
	require_throw_away();
	write_to(open_file(PRELOAD, O_WRONLY | O_CREAT));
}

static void by_append(struct start *start)
{
	require_throw_away();
	write_to(open_file(PRELOAD, O_WRONLY | O_APPEND));
}

static void by_shared_memory(struct start *start)
{
	long fd, at;

	require_throw_away();
	fd = can(open_file(PRELOAD, O_RDWR), PRELOAD);
	at = require(call6(__NR_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "mmap");
	*(char *)at = '\n';
}

static void by_truncate(struct start *start)
{
	require_throw_away();
	can(call3(__NR_truncate, (long)PRELOAD, 0, 0), "truncate");
}

static void by_directory(struct start *start)
{
	require_throw_away();
	write_to(call4(__NR_openat, require(open_file("/etc", O_RDONLY | O_DIRECTORY), "/etc"), (long)"ld.so.preload",
		       O_WRONLY | O_CREAT, 0644));
}

static void by_working_directory(struct start *start)
{
	require_throw_away();
	require(call3(__NR_chdir, (long)"/etc", 0, 0), "chdir");
	write_to(open_file("ld.so.preload", O_WRONLY | O_CREAT));
}

static void by_root_of_proc(struct start *start)
{
	require_throw_away();
	write_to(open_file("/proc/self/root" PRELOAD, O_WRONLY | O_CREAT));
}

static void by_detour(struct start *start)
{
	require_throw_away();
	write_to(open_file("/usr/../etc/./../etc//ld.so.preload", O_WRONLY | O_CREAT));
}

static void by_link_to_directory(struct start *start)
{
	require_throw_away();
	call3(__NR_unlinkat, AT_FDCWD, (long)"harmless", 0);
	require(call3(__NR_symlinkat, (long)"/etc", AT_FDCWD, (long)"harmless"), "symlink");
	write_to(open_file("harmless/ld.so.preload", O_WRONLY | O_CREAT));
}

/* Opened as a mere path first. */
static void by_reopening(struct start *start)
{
	char path[64];

	require_throw_away();
	append_number(append_text(path, "/proc/self/fd/"), can(open_file(PRELOAD, O_PATH), PRELOAD));
	write_to(open_file(path, O_WRONLY));
}

struct handle {
	unsigned int length;
	int type;
	unsigned char bytes[128];
};

/* By the number of the file, without any name. */
static void by_handle(struct start *start)
{
	struct handle handle = { sizeof(handle.bytes), 0, { 0 } };
	int mount;

	require_throw_away();
	can(call5(__NR_name_to_handle_at, AT_FDCWD, (long)PRELOAD, (long)&handle, (long)&mount, 0),
	    "name_to_handle_at");
	write_to(call3(__NR_open_by_handle_at, require(open_file("/etc", O_RDONLY | O_DIRECTORY), "/etc"),
		       (long)&handle, O_WRONLY));
}

static void in_root(struct start *start)
{
	require_throw_away();
	can(call3(__NR_chroot, (long)"/etc", 0, 0), "chroot");
	write_to(open_file("/ld.so.preload", O_WRONLY | O_CREAT));
}

static void by_rename(struct start *start)
{
	make_other();
	require(call5(__NR_renameat2, AT_FDCWD, (long)OTHER, AT_FDCWD, (long)PRELOAD, 0), "rename");
}

static void by_exchange(struct start *start)
{
	const long exchange = 2;

	make_other();
	can(call5(__NR_renameat2, AT_FDCWD, (long)OTHER, AT_FDCWD, (long)PRELOAD, exchange), "rename with exchange");
}

/* The same the other way round: the preload file is the first of the two names. */
static void by_exchange_reversed(struct start *start)
{
	const long exchange = 2;

	make_other();
	can(call5(__NR_renameat2, AT_FDCWD, (long)PRELOAD, AT_FDCWD, (long)OTHER, exchange), "rename with exchange");
}

static void by_hard_link(struct start *start)
{
	make_other();
	require(call5(__NR_linkat, AT_FDCWD, (long)OTHER, AT_FDCWD, (long)PRELOAD, 0), "link");
}

static void by_symlink(struct start *start)
{
	require_throw_away();
	require(call3(__NR_symlinkat, (long)"/tmp/nothing", AT_FDCWD, (long)PRELOAD), "symlink");
}

static void by_node(struct start *start)
{
	require_throw_away();
	require(call4(__NR_mknodat, AT_FDCWD, (long)PRELOAD, S_IFREG | 0644, 0), "mknod");
}

/* A file without a name is written, and then given one. */
static void by_naming(struct start *start)
{
	char path[64];
	long fd;

	require_throw_away();
	fd = can(open_file("/etc", O_TMPFILE | O_WRONLY), "open with O_TMPFILE");
	write_to(fd);
	append_number(append_text(path, "/proc/self/fd/"), fd);
	require(call5(__NR_linkat, AT_FDCWD, (long)path, AT_FDCWD, (long)PRELOAD, AT_SYMLINK_FOLLOW), "link");
}

#if defined(__x86_64__)
static const char preload_path[] = PRELOAD;

static void by_compat(struct start *start)
{
	const long i386_openat = 295;
	long result;

	require_throw_away();
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(i386_openat), "b"((long)AT_FDCWD), "c"(preload_path), "d"((long)(O_WRONLY | O_CREAT)), "S"(0644L)
			 : "memory", "r8", "r9", "r10", "r11");
	write_to((int)result);
}
#else
static void by_compat(struct start *start)
{
	impossible("a 64-bit program of this architecture has no 32-bit calls");
}
#endif

/* The directory that holds the file changes places with /etc. */
static void by_directory_exchange(struct start *start)
{
	const long exchange = 2;

	require_throw_away();
	call3(__NR_mkdirat, AT_FDCWD, (long)"/prepared", 0755);
	write_to(open_file("/prepared/ld.so.preload", O_WRONLY | O_CREAT));
	can(call5(__NR_renameat2, AT_FDCWD, (long)"/prepared", AT_FDCWD, (long)"/etc", exchange), "rename of /etc");
	require(call5(__NR_renameat2, AT_FDCWD, (long)"/prepared", AT_FDCWD, (long)"/etc", exchange), "rename of /etc");
}

static const struct act pl_file_acts[] = {
	{ "write", by_write },
	{ "append", by_append },
	{ "shared-memory", by_shared_memory },
	{ "truncate", by_truncate },
	{ "directory", by_directory },
	{ "working-directory", by_working_directory },
	{ "proc-root", by_root_of_proc },
	{ "detour", by_detour },
	{ "link-to-directory", by_link_to_directory },
	{ "reopened", by_reopening },
	{ "handle", by_handle },
	{ "root", in_root },
	{ "rename", by_rename },
	{ "exchange", by_exchange },
	{ "exchange-reversed", by_exchange_reversed },
	{ "hard-link", by_hard_link },
	{ "symlink", by_symlink },
	{ "mknod", by_node },
	{ "naming", by_naming },
	{ "compat", by_compat },
	{ "directory-exchange", by_directory_exchange },
};

PROGRAM(pl_file_acts)
