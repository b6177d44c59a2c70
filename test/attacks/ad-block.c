/* SPDX-License-Identifier: Apache-2.0 */
/* TRC-2: other ways of taking the debugger's place, or of keeping one out. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include "freestanding.h"
#include "threads.h"

#define SIGTRAP_NUMBER 5

static void trace_me(void)
{
	require(call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0), "PTRACE_TRACEME");
}

static void plainly(struct start *start)
{
	trace_me();
}

/* A tracer has to wait for the thread too, which a shell does not: this program is the tracer. */
static void in_thread(struct start *start)
{
	int status, is_broken = 0;

	if (!fork_bound()) {
		run_in_thread(trace_me);
		leave(0);
	}
	while (call4(__NR_wait4, -1, (long)&status, __WALL, 0) > 0)
		is_broken |= status;
	leave(is_broken != 0);
}

/* Asks again and again: one finding. */
static void repeatedly(struct start *start)
{
	trace_me();
	for (int i = 0; i < 5; i++)
		call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
}

/* Learns from the error that somebody traces it: its parent, which plays the debugger. */
static void while_traced(struct start *start)
{
	long child = fork_bound();

	if (!child) {
		pause_ms(100);
		leave(call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) < 0 ? 0 : 1);
	}
	can(call4(__NR_ptrace, PTRACE_SEIZE, child, 0, 0), "PTRACE_SEIZE");
	leave_with(child);
}

/* A process has one tracer: a child that traces its parent keeps others out. */
static void parent_by_child(struct start *start, long request)
{
	long parent = own_pid();
	long child = fork_bound();

	if (!child) {
		can(call4(__NR_ptrace, request, parent, 0, 0), "ptrace of the parent");
		if (request == PTRACE_ATTACH) {
			wait_for(parent);
			call4(__NR_ptrace, PTRACE_DETACH, parent, 0, 0);
		}
		leave(0);
	}
	leave_with(child);
}

static void parent_attached(struct start *start)
{
	parent_by_child(start, PTRACE_ATTACH);
}

static void parent_seized(struct start *start)
{
	parent_by_child(start, PTRACE_SEIZE);
}

/* A filter in which ptrace fails, so that no answer of the kernel's gives it away. */
static void by_seccomp(struct start *start)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { LENGTH(filter), filter };

	require(call5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	can(call3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program), "seccomp");
	if (call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0) != -1)
		leave(1);
}

/* The same by prctl, the older call. */
static void by_prctl_seccomp(struct start *start)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { LENGTH(filter), filter };

	require(call5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	can(call5(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&program, 0, 0), "PR_SET_SECCOMP");
}

/* A name is no excuse: the parent calls itself gdb, and no debugger executes the child. */
static void under_false_name(struct start *start)
{
	long child;

	call5(__NR_prctl, PR_SET_NAME, (long)"gdb", 0, 0, 0);
	child = fork_bound();
	if (!child) {
		trace_me();
		leave(0);
	}
	leave_with(child);
}

/* The same as a program whose file is called gdb. */
static void under_false_file(struct start *start)
{
	const char *const argv[] = { "gdb", "false-name", 0 };
	long from = require(open_file("/proc/self/exe", O_RDONLY), "/proc/self/exe");
	long to;

	call3(__NR_unlinkat, AT_FDCWD, (long)"gdb", 0);
	to = require(open_file("gdb", O_WRONLY | O_CREAT | O_EXCL), "gdb");
	copy_file(from, to);
	close_file(to);
	execute("./gdb", argv, (const char *const *)start->envp);
}

static void no_dump(struct start *start)
{
	require(call5(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

static void pass_over_trap(int signal)
{
	leave(signal == SIGTRAP_NUMBER ? 0 : 1);
}

/* Without a debugger the program's own handler gets the trap. */
static void by_trap(struct start *start)
{
	struct kernel_action action = { pass_over_trap, 0x04000000 /* SA_RESTORER */, 0, 0 };

	require(call4(__NR_rt_sigaction, SIGTRAP_NUMBER, (long)&action, 0, 8), "rt_sigaction");
#if defined(__x86_64__)
	__asm__ volatile("int3");
#elif defined(__aarch64__)
	__asm__ volatile("brk 0");
#endif
	leave(1);
}

static const struct act ad_block_acts[] = {
	{ "plainly", plainly },
	{ "thread", in_thread },
	{ "repeatedly", repeatedly },
	{ "while-traced", while_traced },
	{ "parent-attached", parent_attached },
	{ "parent-seized", parent_seized },
	{ "seccomp", by_seccomp },
	{ "seccomp-prctl", by_prctl_seccomp },
	{ "false-name", under_false_name },
	{ "false-file", under_false_file },
	{ "no-dump", no_dump },
	{ "trap", by_trap },
};

PROGRAM(ad_block_acts)
