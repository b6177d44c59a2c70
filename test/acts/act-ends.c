// SPDX-License-Identifier: Apache-2.0
/* How threads and processes end. */
#include "../attacks/threads.h"

static void rest(void *nothing)
{
	for (;;)
		pause_ms(1000);
}

/* A child with threads, ended by a signal of its parent when all of them run. */
static void kill_child(int signal, int threads)
{
	int ends[2];
	long child;
	char ready;

	require(call3(__NR_pipe2, (long)ends, 0, 0), "pipe2");
	child = fork_bound();
	if (!child) {
		for (int i = 0; i < threads; i++)
			start_on_stack(THREAD_FLAGS, rest, 0);
		call3(__NR_write, ends[1], (long)"r", 1);
		rest(0);
	}
	require(call3(__NR_read, ends[0], (long)&ready, 1), "read");
	require(call3(__NR_kill, child, signal, 0), "kill");
	if ((wait_for(child) & 0x7f) != signal)
		leave(1);
}

static void kill_hard(struct start *start)
{
	kill_child(SIGKILL, 0);
}

static void terminate(struct start *start)
{
	kill_child(SIGTERM, 0);
}

static void terminate_threads(struct start *start)
{
	kill_child(SIGTERM, 3);
}

static void dump_threads(struct start *start)
{
	kill_child(SIGQUIT, 3);
}

/* The child's parent only sees how it ends. */
static void fault(struct start *start)
{
	long child = fork_bound();

	if (!child)
		*(volatile int *)16 = 1;
	if ((wait_for(child) & 0x7f) != SIGSEGV)
		leave(1);
}

static void leave_process(void *nothing)
{
	pause_ms(50);
	leave(7);
}

/* The first thread ends by itself, and the process later, by the second. */
static void end_leader_first(struct start *start)
{
	long child = fork_bound();

	if (!child) {
		start_on_stack(THREAD_FLAGS, leave_process, 0);
		call3(__NR_exit, 3, 0, 0);
	}
	if (wait_for(child) != 7 << 8)
		leave(1);
}

static const struct act end_acts[] = {
	{ "kill", kill_hard },
	{ "terminate", terminate },
	{ "terminate-threads", terminate_threads },
	{ "dump-threads", dump_threads },
	{ "fault", fault },
	{ "leader-first", end_leader_first },
};

PROGRAM(end_acts)
