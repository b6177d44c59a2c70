/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts COUNT PAUSE_MS: acts that a rule reports (PTRACE_TRACEME: a process can ask as often as it likes), far
 * enough apart for the tracer to go to sleep in between. Prints the monotonic time just before each.
 */
#include "storm.h"

#define MAX_ACTS 10000

static long long times[MAX_ACTS];

int main(int argc, char **argv)
{
	long long count = argument(argc, argv, 1), pause_ms = argument(argc, argv, 2), i;
	struct timespec pause = { .tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000 };

	if (count > MAX_ACTS)
		count = MAX_ACTS;
	wait_for_line("ready");
	for (i = 0; i < count; i++) {
		nanosleep(&pause, NULL);
		times[i] = clock_ns(CLOCK_MONOTONIC);
		syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
	}
	for (i = 0; i < count; i++)
		fprintf(stderr, "storm: {\"state\":\"act\",\"at\":%lld}\n", times[i]);
	return 0;
}
