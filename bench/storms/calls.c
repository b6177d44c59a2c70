/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls COUNT TRACED: getppid, which nobody traces, or with TRACED 1 the traced call, as fast as it goes.
 * Waits for a line before and after, so that run counts can be read at both ends.
 */
#include "storm.h"

static void make(long long calls, int is_traced)
{
	long long i;

	if (is_traced)
		for (i = 0; i < calls; i++)
			traced_call();
	else
		for (i = 0; i < calls; i++)
			syscall(SYS_getppid);
}

int main(int argc, char **argv)
{
	long long calls = argument(argc, argv, 1), start, start_cpu, ns, cpu_ns;
	int is_traced = argument(argc, argv, 2) == 1;

	/* The first pages, and the processor's clock, get their warm-up outside the measured part. */
	make(calls / 20, is_traced);
	wait_for_line("ready");
	start = clock_ns(CLOCK_MONOTONIC);
	start_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	make(calls, is_traced);
	cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
	ns = clock_ns(CLOCK_MONOTONIC) - start;
	fprintf(stderr, "storm: {\"state\":\"result\",\"calls\":%lld,\"ns\":%lld,\"cpuNs\":%lld}\n", calls, ns, cpu_ns);
	wait_for_line("done");
	return 0;
}
