/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-2 and TRC-3 must be silent: programs that look at others, or at themselves, and change nobody. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include "../attacks/victim.h"

static void read_remote(struct start *start)
{
	long word = 0, victim = start_victim();
	struct iovec to = { &word, sizeof(word) }, from = { (void *)&target.word, sizeof(word) };

	can(call6(__NR_process_vm_readv, victim, (long)&to, 1, (long)&from, 1, 0), "process_vm_readv");
	end_child(victim);
}

static void read_mem(struct start *start)
{
	long word, victim = start_victim();
	char path[64];
	long fd = require(open_file(path_of_mem(path, victim), O_RDONLY), path);

	require(call4(__NR_pread64, fd, (long)&word, sizeof(word), (long)&target.word), "read");
	end_child(victim);
}

/* Opened for writing, and only read. */
static void read_mem_writable(struct start *start)
{
	long word, victim = start_victim();
	char path[64];
	long fd = require(open_file(path_of_mem(path, victim), O_RDWR), path);

	require(call4(__NR_pread64, fd, (long)&word, sizeof(word), (long)&target.word), "read");
	end_child(victim);
}

static void peek(struct start *start)
{
	long word, victim = start_victim();

	can(call4(__NR_ptrace, PTRACE_ATTACH, victim, 0, 0), "PTRACE_ATTACH");
	wait_for(victim);
	require(call4(__NR_ptrace, PTRACE_PEEKDATA, victim, (long)&target.word, (long)&word), "PTRACE_PEEKDATA");
	require(call4(__NR_ptrace, PTRACE_DETACH, victim, 0, 0), "PTRACE_DETACH");
	end_child(victim);
}

/* Data of its own, through its own file: a test of memory, a core dumper. */
static void write_own_mem(struct start *start)
{
	long fd = require(open_file("/proc/self/mem", O_RDWR), "/proc/self/mem");

	can(call4(__NR_pwrite64, fd, (long)&new_word, sizeof(long), (long)&target.word), "write");
	leave(target.word == new_word ? 0 : 1);
}

static void write_own_by_call(struct start *start)
{
	write_remote(own_pid());
	leave(target.word == new_word ? 0 : 1);
}

/* What ps and top do. */
static void look_at_others(struct start *start)
{
	char text[1024];

	require(call3(__NR_read, require(open_file("/proc/1/status", O_RDONLY), "/proc/1/status"), (long)text,
		      sizeof(text)),
		"read");
}

/* A sandbox, which forbids something else than being debugged. */
static void sandbox(struct start *start)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_reboot, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { LENGTH(filter), filter };

	require(call5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	can(call3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program), "seccomp");
	execute_true();
}

static void spawn_by_vfork(struct start *start)
{
	long child = require(call5(__NR_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0), "clone");

	if (!child)
		execute_true();
	leave_with(child);
}

static const struct act like_debuggers_acts[] = {
	{ "read-remote", read_remote },
	{ "read-mem", read_mem },
	{ "read-mem-writable", read_mem_writable },
	{ "peek", peek },
	{ "own-mem", write_own_mem },
	{ "own-vm-writev", write_own_by_call },
	{ "others-status", look_at_others },
	{ "sandbox", sandbox },
	{ "vfork", spawn_by_vfork },
};

PROGRAM(like_debuggers_acts)
