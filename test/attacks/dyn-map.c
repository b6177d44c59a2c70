/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-4: memory of which two mappings are made, or one that can be written and executed at once. */
#include <linux/memfd.h>
#include "code.h"

#define IPC_PRIVATE 0
#define IPC_RMID 0
#define SHM_EXEC 0100000
#define READ_IMPLIES_EXEC 0x0400000
#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)

static void run_at(long at)
{
	write_code(at);
	call_code(at);
}

static void rwx(struct start *start)
{
	run_at(map_memory(CODE_PAGE, RWX));
}

static void rwx_shared(struct start *start)
{
	run_at(can(call6(__NR_mmap, 0, CODE_PAGE, RWX, MAP_SHARED | MAP_ANONYMOUS, -1, 0), "mmap"));
}

static void rwx_of_file(struct start *start)
{
	run_at(map_file(code_file("plugin"), RWX, MAP_PRIVATE));
}

static long new_memfd(void)
{
	long fd = can(call3(__NR_memfd_create, (long)"buffer", 0, 0), "memfd_create");

	require(call3(__NR_ftruncate, fd, CODE_PAGE, 0), "ftruncate");
	return fd;
}

/* One page, two addresses: what is written at one is executed at the other. */
static void twice(long fd)
{
	long writable = map_file(fd, RW, MAP_SHARED), executable = map_file(fd, RX, MAP_SHARED);

	write_code(writable);
	call_code(executable);
}

static void memfd_twice(struct start *start)
{
	twice(new_memfd());
}

static void file_twice(struct start *start)
{
	twice(code_file("plugin"));
}

/* The executable one first, while nothing has been written. */
static void memfd_twice_reversed(struct start *start)
{
	long fd = new_memfd();
	long executable = map_file(fd, RX, MAP_SHARED), writable = map_file(fd, RW, MAP_SHARED);

	write_code(writable);
	call_code(executable);
}

/* Written by write(), not through memory. */
static void memfd_written(struct start *start)
{
	long fd = new_memfd();

	require(call4(__NR_pwrite64, fd, (long)code, sizeof(code), 0), "write");
	call_code(map_file(fd, RX, MAP_PRIVATE));
}

static void file_written(struct start *start)
{
	call_code(map_file(code_file("plugin"), RX, MAP_PRIVATE));
}

/* The file is closed and opened again under another name in between. */
static void file_renamed(struct start *start)
{
	close_file(code_file("plugin"));
	require(call5(__NR_renameat2, AT_FDCWD, (long)"plugin", AT_FDCWD, (long)"library", 0), "rename");
	call_code(map_file(require(open_file("library", O_RDONLY), "library"), RX, MAP_PRIVATE));
}

/* Another child writes than the one that executes: the memory of both is one. */
static void shared_with_child(struct start *start)
{
	long fd = new_memfd(), child = fork_bound();

	if (!child) {
		write_code(map_file(fd, RW, MAP_SHARED));
		leave(0);
	}
	wait_for(child);
	call_code(map_file(fd, RX, MAP_SHARED));
}

static long segment(void)
{
	long id = can(call3(__NR_shmget, IPC_PRIVATE, CODE_PAGE, 0700), "shmget");

	return id;
}

static long attach_segment(long id, long flags)
{
	return can(call3(__NR_shmat, id, 0, flags), "shmat");
}

static void shm_exec(struct start *start)
{
	long id = segment();
	long at = attach_segment(id, SHM_EXEC);

	call3(__NR_shmctl, id, IPC_RMID, 0);
	run_at(at);
}

static void shm_twice(struct start *start)
{
	const long read_only = 010000;
	long id = segment();
	long writable = attach_segment(id, 0), executable = attach_segment(id, SHM_EXEC | read_only);

	call3(__NR_shmctl, id, IPC_RMID, 0);
	write_code(writable);
	call_code(executable);
}

/* What is asked for is not executable; what the kernel gives is. */
static void read_implies_exec(struct start *start)
{
	can(call3(__NR_personality, READ_IMPLIES_EXEC, 0, 0), "personality");
	run_at(map_memory(CODE_PAGE, RW));
}

static void read_implies_exec_later(struct start *start)
{
	long at = map_memory(CODE_PAGE, RW);

	write_code(at);
	can(call3(__NR_personality, READ_IMPLIES_EXEC, 0, 0), "personality");
	protect(at, PROT_READ);
	call_code(at);
}

/* Another address of a shared page, by a copy of the mapping with an old size of nothing. */
static void remap_twice(struct start *start)
{
	const long may_move = 1;
	long writable = map_file(new_memfd(), RW, MAP_SHARED);
	long other = can(call5(__NR_mremap, writable, 0, CODE_PAGE, may_move, 0), "mremap");

	write_code(writable);
	protect(other, RX);
	call_code(other);
}

/* A name is no excuse. */
static void under_false_name(struct start *start)
{
	const char *const argv[] = { "node", "rwx", 0 };
	long from = require(open_file("/proc/self/exe", O_RDONLY), "/proc/self/exe"), to;

	call3(__NR_unlinkat, AT_FDCWD, (long)"node", 0);
	to = require(open_file("node", O_WRONLY | O_CREAT | O_EXCL), "node");
	copy_file(from, to);
	close_file(to);
	execute("./node", argv, (const char *const *)start->envp);
}

static const struct act dyn_map_acts[] = {
	{ "rwx", rwx },
	{ "rwx-shared", rwx_shared },
	{ "rwx-file", rwx_of_file },
	{ "memfd-twice", memfd_twice },
	{ "memfd-twice-reversed", memfd_twice_reversed },
	{ "memfd-written", memfd_written },
	{ "file-twice", file_twice },
	{ "file-written", file_written },
	{ "file-renamed", file_renamed },
	{ "shared-with-child", shared_with_child },
	{ "shm-exec", shm_exec },
	{ "shm-twice", shm_twice },
	{ "read-implies-exec", read_implies_exec },
	{ "read-implies-exec-later", read_implies_exec_later },
	{ "remap-twice", remap_twice },
	{ "false-file", under_false_name },
};

PROGRAM(dyn_map_acts)
