/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Filters of system calls that a process puts on itself: some keep debuggers away. */
#ifndef TRACEE_PROBES_SECCOMP_H
#define TRACEE_PROBES_SECCOMP_H

/* include/uapi/linux/seccomp.h, include/uapi/linux/prctl.h */
#define SECCOMP_FILTER_OPERATION 1
#define SECCOMP_FILTER_MODE 2
#define PRCTL_SET_SECCOMP 22

/* sizeof(struct sock_filter) */
#define FILTER_INSTRUCTION_SIZE 8

/* struct sock_fprog: how many instructions, and where they are; a 32-bit caller's address has four bytes. */
struct filter_place {
	__u16 count;
	__u16 reserved[3];
	__u64 program;
};

struct compat_filter_place {
	__u16 count;
	__u16 reserved;
	__u32 program;
};

SHARED int on_seccomp_filter(struct call *call, __u32 flags, const void *arguments)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECCOMP_FILTER);
	struct compat_filter_place compat = {};
	struct filter_place filter = {};
	struct record record;

	if (!config || !event || !event->routes || !in_scope(config) ||
	    !begin_record(&record, call, EVENT_SECCOMP_FILTER, event->routes))
		return DONE;
	if (task_is_compat(task)) {
		read_user(&compat, sizeof(compat), arguments);
		filter.count = compat.count;
		filter.program = compat.program;
	} else {
		read_user(&filter, sizeof(filter), arguments);
	}
	put_number(&record, SECCOMP_FILTER__FLAGS, flags);
	put_number(&record, SECCOMP_FILTER__COUNT, filter.count);
	put_user_bytes(&record, SECCOMP_FILTER__PROGRAM, (void *)filter.program,
		       filter.count * FILTER_INSTRUCTION_SIZE, MAX_STRING_SIZE);
	submit_record(&record);
	return DONE;
}

static __always_inline int on_do_seccomp(struct call *call, __u32 operation, __u32 flags,
					 const void *arguments)
{
	struct config *config = get_config();

	if (!config)
		return 0;
	prove(config, EVENT_SECCOMP_FILTER);
	if (operation != SECCOMP_FILTER_OPERATION)
		return 0;
	FOLLOW(on_seccomp_filter(call, flags, arguments));
	return 0;
}

SHARED int on_seccomp_exit(struct call *call, __s64 result)
{
	struct config *config = get_config();

	if (!config)
		return DONE;
	prove(config, EVENT_SECCOMP_FILTER);
	/* With SECCOMP_FILTER_FLAG_NEW_LISTENER a descriptor is returned. */
	if (result < 0)
		return DONE;
	if (EVENT == EVENT_PRCTL) {
		if (call->called->arguments[0] == PRCTL_SET_SECCOMP &&
		    call->called->arguments[1] == SECCOMP_FILTER_MODE)
			FOLLOW(on_seccomp_filter(call, 0, (void *)call->called->arguments[2]));
	} else if ((__u32)call->called->arguments[0] == SECCOMP_FILTER_OPERATION) {
		FOLLOW(on_seccomp_filter(call, call->called->arguments[1],
					 (void *)call->called->arguments[2]));
	}
	return DONE;
}

static __always_inline void on_seccomp_carrier_exit(struct call *call)
{
	if (IS_CARRIED(CHECK_SECCOMP_FILTER))
		FOLLOW(on_seccomp_exit(call, RESULT));
}

#if HAS_TRAMPOLINES
SEC("fentry/do_seccomp")
int fentry__do_seccomp(__u64 *ctx)
{
	return HAND_TO(on_do_seccomp, PROGRAM_FENTRY__DO_SECCOMP, HOOK_TRAMPOLINE, ctx[0], ctx[1],
		       (void *)ctx[2]);
}
#endif

SEC("kprobe/do_seccomp")
int kprobe__do_seccomp(struct pt_regs *ctx)
{
	return HAND_TO(on_do_seccomp, PROGRAM_KPROBE__DO_SECCOMP, HOOK_KPROBE, PT_REGS_PARM1(ctx),
		       PT_REGS_PARM2(ctx), (void *)PT_REGS_PARM3(ctx));
}

#endif
