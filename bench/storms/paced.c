/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paced RATE MILLISECONDS: traced calls at an even pace; RATE 0 is as fast as it goes. A pace that cannot be
 * kept shows in the result: fewer calls than RATE asks for.
 */
#include "storm.h"

/*
 * After the program was kept from running, calls of so much time are made up for at once; on a machine with
 * other work to do the pace could not be kept otherwise.
 */
#define MAX_BURST_NS 10000000
/* Shorter pauses are spun: the kernel's timers are not finer. */
#define MIN_SLEEP_NS 100000

int main(int argc, char **argv)
{
	long long rate = argument(argc, argv, 1), length = argument(argc, argv, 2) * 1000000;
	long long calls = 0, missed = 0, burst = rate * MAX_BURST_NS / SECOND + 1, start, now;

	wait_for_line("ready");
	start = clock_ns(CLOCK_MONOTONIC);
	for (now = start; now - start < length; now = clock_ns(CLOCK_MONOTONIC)) {
		/* In doubles, since rate times nanoseconds passes 63 bits within an hour. */
		long long due = rate ? (long long)((double)(now - start) * rate / SECOND) - calls - missed : 256;

		if (rate && due > burst) {
			missed += due - burst;
			due = burst;
		}
		calls += due;
		while (due-- > 0)
			traced_call();
		if (rate && SECOND / rate > MIN_SLEEP_NS) {
			struct timespec pause = { .tv_nsec = SECOND / rate > SECOND / 2 ? SECOND / 2 : SECOND / rate };

			nanosleep(&pause, NULL);
		}
	}
	fprintf(stderr, "storm: {\"state\":\"result\",\"calls\":%lld,\"ns\":%lld,\"cpuNs\":%lld}\n", calls,
		clock_ns(CLOCK_MONOTONIC) - start, clock_ns(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
