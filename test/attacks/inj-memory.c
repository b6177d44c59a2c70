/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-3: writes into the memory of another process, its own child, by each call that can. */
#include <linux/uio.h>
#include <linux/mount.h>
#include "ring.h"
#include "sockets.h"
#include "victim.h"
#include "threads.h"

static void by_vm_writev(struct start *start)
{
	long victim = start_victim();

	write_remote(victim);
	check_victim(victim);
}

/* The kernel takes the number of any thread of the process. */
static void by_vm_writev_to_thread(struct start *start)
{
	long victim = start_victim_with_thread();

	write_remote(victim_thread(victim));
	check_victim(victim);
}

/* The victim is the writer's parent. */
static void by_vm_writev_to_parent(struct start *start)
{
	long parent = own_pid(), child = fork_bound();

	if (!child) {
		write_remote(parent);
		leave(0);
	}
	wait_for(child);
	leave(target.word == new_word ? 0 : 1);
}

static void write_mem(long victim, long fd)
{
	can(call4(__NR_pwrite64, can(fd, "open of mem"), (long)&new_word, sizeof(long), (long)&target.word),
	    "write to mem");
	check_victim(victim);
}

static void by_mem(struct start *start)
{
	long victim = start_victim();
	char path[64];

	write_mem(victim, open_file(path_of_mem(path, victim), O_RDWR));
}

static void by_mem_symlink(struct start *start)
{
	long victim = start_victim();
	char path[64];

	call3(__NR_unlinkat, AT_FDCWD, (long)"harmless", 0);
	require(call3(__NR_symlinkat, (long)path_of_mem(path, victim), AT_FDCWD, (long)"harmless"), "symlink");
	write_mem(victim, open_file("harmless", O_WRONLY));
}

static void by_mem_relative(struct start *start)
{
	long victim = start_victim(), directory;
	char path[64];

	append_number(append_text(path, "/proc/"), victim);
	directory = require(open_file(path, O_RDONLY | O_DIRECTORY), path);
	write_mem(victim, call4(__NR_openat, directory, (long)"mem", O_RDWR, 0));
}

static void by_mem_of_task(struct start *start)
{
	long victim = start_victim();
	char path[64];
	char *end = append_number(append_text(path, "/proc/"), victim);

	append_text(append_number(append_text(end, "/task/"), victim), "/mem");
	write_mem(victim, open_file(path, O_RDWR));
}

/* Pages that nobody can write to: the kernel writes a copy of them. */
static void by_mem_into_code(struct start *start)
{
	long victim = start_victim();
	char path[64];
	long fd = require(open_file(path_of_mem(path, victim), O_RDWR), path);

	can(call4(__NR_pwrite64, fd, (long)&new_word, sizeof(long), (long)never_called), "write to code through mem");
	end_child(victim);
}

static void by_mem_vector(struct start *start)
{
	long victim = start_victim();
	char path[64];
	struct iovec part = { (void *)&new_word, sizeof(long) };
	long fd = require(open_file(path_of_mem(path, victim), O_RDWR), path);

	can(call5(__NR_pwritev, fd, (long)&part, 1, (long)&target.word, 0), "pwritev to mem");
	check_victim(victim);
}

static void by_mem_ring(struct start *start)
{
	long victim = start_victim();
	char path[64];
	struct ring ring = open_ring();
	struct io_uring_sqe request = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD };

	request.addr = (unsigned long)path_of_mem(path, victim);
	request.open_flags = O_RDWR;
	request = (struct io_uring_sqe){
		.opcode = IORING_OP_WRITE,
		.fd = can(ask_ring(&ring, &request), "open by io_uring"),
		.addr = (unsigned long)&new_word,
		.len = sizeof(long),
		.off = (unsigned long)&target.word,
	};
	can(ask_ring(&ring, &request), "write by io_uring");
	check_victim(victim);
}

/* One process opens, another writes. */
static void by_mem_inherited(struct start *start)
{
	long victim = start_victim(), child;
	char path[64];
	long fd = require(open_file(path_of_mem(path, victim), O_RDWR), path);

	child = fork_bound();
	if (!child) {
		can(call4(__NR_pwrite64, fd, (long)&new_word, sizeof(long), (long)&target.word), "write to mem");
		leave(0);
	}
	if (wait_for(child))
		leave(IMPOSSIBLE);
	check_victim(victim);
}

/* The victim itself sends the file of its memory. */
static void by_mem_message(struct start *start)
{
	int pair[2];
	long victim;

	make_pair(pair);
	victim = fork_bound();
	if (!victim) {
		pass_file(pair[1], require(open_file("/proc/self/mem", O_RDWR), "/proc/self/mem"));
		wait_for_word();
	}
	write_mem(victim, pass_file(pair[0], -1));
}

/* Another mount of proc, elsewhere. */
static void by_mem_of_other_mount(struct start *start)
{
	long victim = start_victim();
	char path[64] = "other-proc/";

	can(call3(__NR_unshare, CLONE_NEWNS, 0, 0), "unshare of mounts");
	require(call5(__NR_mount, 0, (long)"/", 0, MS_REC | MS_PRIVATE, 0), "mount");
	call3(__NR_mkdirat, AT_FDCWD, (long)"other-proc", 0755);
	can(call5(__NR_mount, (long)"proc", (long)"other-proc", (long)"proc", 0, 0), "mount of proc");
	append_text(append_number(path + length_of(path), victim), "/mem");
	write_mem(victim, open_file(path, O_RDWR));
}

static void nothing(void *argument)
{
	leave(argument ? 1 : 0);
}

/* A process in the same memory needs no call to write. Weak: vfork looks the same. */
static void by_shared_memory(struct start *start)
{
	wait_for(start_on_stack(CLONE_VM | SIGCHLD, nothing, 0));
}

static const struct act inj_memory_acts[] = {
	{ "vm-writev", by_vm_writev },
	{ "vm-writev-thread", by_vm_writev_to_thread },
	{ "vm-writev-parent", by_vm_writev_to_parent },
	{ "mem", by_mem },
	{ "mem-symlink", by_mem_symlink },
	{ "mem-relative", by_mem_relative },
	{ "mem-task", by_mem_of_task },
	{ "mem-code", by_mem_into_code },
	{ "mem-vector", by_mem_vector },
	{ "mem-ring", by_mem_ring },
	{ "mem-inherited", by_mem_inherited },
	{ "mem-message", by_mem_message },
	{ "mem-other-mount", by_mem_of_other_mount },
	{ "shared-memory", by_shared_memory },
};

PROGRAM(inj_memory_acts)
