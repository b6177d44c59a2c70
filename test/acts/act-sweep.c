// SPDX-License-Identifier: Apache-2.0
/*
 * Every system call by its number, with arguments that nothing stands behind, so that each fails or changes nothing but
 * this process. Left out is what would end or double it, wait for ever, or reach others.
 */
#include "../attacks/freestanding.h"

/* Behind the newest that Linux has. */
#define LAST_NUMBER 480
#define NOTHING -1
#define NOBODY 0x7fffffff
/* Ends whoever calls it from anywhere but a probe's trampoline. */
#define NR_URETPROBE 335

static int is_left_out(long number)
{
	switch (number) {
	case __NR_exit:
	case __NR_exit_group:
	case __NR_clone:
	case __NR_clone3:
	case __NR_rt_sigreturn:
	case __NR_vhangup:
	/* What strace watches with. */
	case __NR_ptrace:
	case __NR_process_vm_readv:
#ifdef __x86_64__
	case __NR_fork:
	case __NR_vfork:
	case __NR_pause:
	case NR_URETPROBE:
#endif
		return 1;
	}
	return 0;
}

static void call_each(struct start *start)
{
	for (long number = 0; number <= LAST_NUMBER; number++) {
		if (is_left_out(number))
			continue;
		/* To everybody, and a queue that is made. */
		if (number == __NR_kill || number == __NR_msgget)
			call3(number, NOBODY, 0, 0);
		else
			call6(number, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
	}
}

static const struct act sweep_acts[] = { { "all", call_each } };

PROGRAM(sweep_acts)
