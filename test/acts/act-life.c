// SPDX-License-Identifier: Apache-2.0
/* Calls that end a thread, double a process or wait: what act-sweep.c cannot have. */
#include "../attacks/freestanding.h"

#define NR_URETPROBE 335

static void leave_child(long child)
{
	if (!child)
		leave(0);
	wait_for(require(child, "a child"));
}

static void make_by_clone3(struct start *start)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD };

	leave_child(can(call3(__NR_clone3, (long)&arguments, sizeof(arguments), 0), "clone3"));
}

#ifdef __x86_64__
static void make_by_fork(struct start *start)
{
	leave_child(call3(__NR_fork, 0, 0, 0));
}

/* The child has the stack of its parent, which waits for it: the child must do nothing but end. */
static void make_by_vfork(struct start *start)
{
	long child;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%edi, %%edi\n\t"
			 "mov %1, %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a"(child)
			 : "i"(__NR_exit_group), "a"(__NR_vfork)
			 : "rcx", "r11", "rdi", "memory");
	wait_for(require(child, "vfork"));
}

static void wait_for_signal(struct start *start)
{
	long child = fork_bound();

	if (!child)
		call3(__NR_pause, 0, 0, 0);
	pause_ms(200);
	end_child(child);
}

/* From anywhere but a probe's trampoline it ends the process, where the kernel has it. */
static void call_uretprobe(struct start *start)
{
	long child = fork_bound();

	if (!child) {
		call3(NR_URETPROBE, 0, 0, 0);
		leave(0);
	}
	wait_for(child);
}
#endif

static void end_thread(struct start *start)
{
	call3(__NR_exit, 3, 0, 0);
}

static void be_traced(struct start *start)
{
	require(call3(__NR_ptrace, PTRACE_TRACEME, 0, 0), "ptrace");
}

/* In a session without a terminal. */
static void hang_up(struct start *start)
{
	long child = fork_bound();

	if (!child) {
		require(call3(__NR_setsid, 0, 0, 0), "setsid");
		can(call3(__NR_vhangup, 0, 0, 0), "vhangup");
		leave(0);
	}
	leave_with(child);
}

static const struct act life_acts[] = {
	{ "clone3", make_by_clone3 },
#ifdef __x86_64__
	{ "fork", make_by_fork },
	{ "vfork", make_by_vfork },
	{ "pause", wait_for_signal },
	{ "uretprobe", call_uretprobe },
#endif
	{ "exit", end_thread },
	{ "ptrace", be_traced },
	{ "vhangup", hang_up },
};

PROGRAM(life_acts)
