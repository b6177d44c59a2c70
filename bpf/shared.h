/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs share that serve several events at once. */
#ifndef TRACEE_SHARED_H
#define TRACEE_SHARED_H

/* Reads or writes memory now, whatever the optimiser knows of it. */
#define FRESH(place) (*(volatile typeof(place) *)&(place))

/* Where a program runs, and what it was given. */
struct call {
	void *ctx;
	struct pt_regs *regs;
	__u32 program;
	__u8 hook;
	bool is_compat;
	__u32 event;
	struct called *called; /* of a system call */
};

/*
 * Functions that many programs share are subprograms and not inlined: there are eighteen programs
 * behind system calls alone, and each would be two thousand instructions longer.
 */
#define SHARED static __attribute__((__noinline__))

/*
 * What they return. A result that the optimiser knows is not returned at all, and the verifier
 * refuses what happens to stand in its place where that is a pointer to the stack.
 */
#define DONE                                                                                                 \
	({                                                                                                   \
		int done_ = 0;                                                                               \
		KEEP_AS_ONE(done_);                                                                          \
		done_;                                                                                       \
	})

/* A call that is no system call: what a hook of any other kind knows. */
#define HERE(program_id, hook_kind)                                                                          \
	{                                                                                                    \
		.ctx = ctx, .program = (program_id), .hook = (hook_kind)                                     \
	}

/* Calls one of them. The same goes for a result that no caller looks at: so each is looked at. */
#define FOLLOW(function_call)                                                                                \
	do {                                                                                                 \
		int followed_ = (function_call);                                                             \
		KEEP_AS_ONE(followed_);                                                                      \
	} while (0)

/* The whole of a program: what it shares with the other ways to reach the same thing. */
#define HAND_TO(function, program_id, hook_kind, ...)                                                        \
	({                                                                                                   \
		struct call call = HERE(program_id, hook_kind);                                              \
		FOLLOW(function(&call, __VA_ARGS__));                                                        \
		0;                                                                                           \
	})

/* For what is looked at when a system call returns: whether it is one for this, and what it gave. */
#define IS_CARRIED(check) (CAN_BE_CARRIED(check) && FRESH(call->called->checks) & (check))
#define EVENT FRESH(call->called->event)
#define RESULT FRESH(call->called->result)
#define HAS_SUCCEEDED (RESULT >= 0)

#endif
