/* SPDX-License-Identifier: Apache-2.0 */
/* What all storms share. They talk on stderr, in lines of `storm: {json}`; stdout is the tracer's alone. */
#ifndef STORM_H
#define STORM_H

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static inline long long clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

static inline long long argument(int argc, char **argv, int index)
{
	char *end;
	long long value;

	if (index >= argc) {
		fprintf(stderr, "%s: argument %d is missing\n", argv[0], index);
		exit(2);
	}
	value = strtoll(argv[index], &end, 10);
	if (*end || value < 0) {
		fprintf(stderr, "%s: \"%s\" is no count\n", argv[0], argv[index]);
		exit(2);
	}
	return value;
}

/* Says that it is ready and waits for a line: what starts a program is not what is measured. */
static inline void wait_for_line(const char *state)
{
	int byte;

	fprintf(stderr, "storm: {\"state\":\"%s\"}\n", state);
	do
		byte = getchar();
	while (byte != '\n' && byte != EOF);
}

/* A request that does not exist, to a process that does not exist: ESRCH, with nothing looked up but a pid. */
static inline void traced_call(void)
{
	syscall(SYS_ptrace, 0x7777, 0, 0, 0);
}

#endif
