/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * That a system call begins and ends, whichever it is. Programs of their own on the tracepoints of system
 * calls: those of syscalls.h look at selected calls, and would pay for this with every one of them.
 */
#ifndef TRACEE_PROBES_EVERY_CALL_H
#define TRACEE_PROBES_EVERY_CALL_H

/* The id in the catalogue; -1 where nothing in it has this number, as after rt_sigreturn(), whose registers
 * are gone. */
static __always_inline __s64 id_of_call(const struct call *call, __u32 number)
{
	__u32 key = number + (call->is_compat ? MAX_SYSCALLS : 0);
	__u32 *id = number < MAX_SYSCALLS ? bpf_map_lookup_elem(&syscall_events, &key) : NULL;

	return id ? (__s32)*id : -1;
}

SHARED int on_every_call(struct call *call, __u32 event_id, __s64 result)
{
	struct event_config *event = look_up(event_id);
	__u32 number;
	__s64 id;
	struct record record;

	if (!event)
		return DONE;
	number = syscall_number(call->regs);
	call->is_compat = task_is_compat((struct task_struct *)bpf_get_current_task());
	id = id_of_call(call, number);
	if (!begin_wanted(&record, call, event_id, routes_by_argument(event, SYS_ENTER__SYSCALL, id)))
		return DONE;
	record.header->return_value = result;
	put_number(&record, SYS_ENTER__SYSCALL, id);
	put_number(&record, SYS_ENTER__NUMBER, (__s64)(__s32)number);
	submit_record(&record);
	return DONE;
}
_Static_assert(SYS_EXIT__SYSCALL == SYS_ENTER__SYSCALL, "one place");
_Static_assert(SYS_EXIT__NUMBER == SYS_ENTER__NUMBER, "one place");

#define ON_EVERY_CALL(event_id, result, program_id, hook_kind)                                               \
	({                                                                                                   \
		struct call call = {                                                                         \
			.ctx = ctx,                                                                          \
			.regs = (void *)ctx[0],                                                              \
			.program = (program_id),                                                             \
			.hook = (hook_kind),                                                                 \
		};                                                                                           \
		on_every_call(&call, event_id, result);                                                      \
	})

#if HAS_TRAMPOLINES
SEC("tp_btf/sys_enter")
int tp_btf__every_call(__u64 *ctx)
{
	return ON_EVERY_CALL(EVENT_SYS_ENTER, 0, PROGRAM_TP_BTF__EVERY_CALL, HOOK_TP_BTF);
}

SEC("tp_btf/sys_exit")
int tp_btf__every_return(__u64 *ctx)
{
	return ON_EVERY_CALL(EVENT_SYS_EXIT, ctx[1], PROGRAM_TP_BTF__EVERY_RETURN, HOOK_TP_BTF);
}
#endif

SEC("raw_tp/sys_enter")
int raw_tp__every_call(__u64 *ctx)
{
	return ON_EVERY_CALL(EVENT_SYS_ENTER, 0, PROGRAM_RAW_TP__EVERY_CALL, HOOK_RAW_TRACEPOINT);
}

SEC("raw_tp/sys_exit")
int raw_tp__every_return(__u64 *ctx)
{
	return ON_EVERY_CALL(EVENT_SYS_EXIT, ctx[1], PROGRAM_RAW_TP__EVERY_RETURN, HOOK_RAW_TRACEPOINT);
}

#endif
