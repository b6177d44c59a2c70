/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What system calls led to, looked at when they return: events.checks says for which of them. */
#ifndef TRACEE_PROBES_CARRIERS_H
#define TRACEE_PROBES_CARRIERS_H

/* Where a program runs, and what it was given. */
struct call {
	void *ctx;
	struct pt_regs *regs;
	__u32 program;
	__u8 hook;
	bool is_compat;
	__u32 event;
	__u64 arguments[6];
};

/*
 * The two functions that all programs here share are subprograms and not inlined: there are eighteen programs,
 * and each would be two thousand instructions longer.
 */
#define SHARED static __attribute__((__noinline__))

/*
 * What they return. A result that the optimiser knows is not returned at all, and the verifier refuses what
 * happens to stand in its place where that is a pointer to the stack.
 */
#define DONE                                                                                       \
	({                                                                                         \
		int done_ = 0;                                                                     \
		KEEP_AS_ONE(done_);                                                                \
		done_;                                                                             \
	})

/* What else a call led to; for events whose own hook this kernel does not have. */
SHARED int on_carrier_exit(struct call *call, __s64 result, __u32 checks)
{
	if (IS_SELECTED(CHECK_SECURITY_FILE_OPEN) && checks & CHECK_SECURITY_FILE_OPEN && result >= 0) {
		struct file *file = file_of_descriptor(result);

		if (file)
			on_file_open(call->ctx, file, call->program, call->hook);
	}
	return DONE;
}

#endif
