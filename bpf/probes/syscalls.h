/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System calls.
 *
 *   entry -> raw_syscalls:sys_enter(regs, number) -> __x64_sys_NAME(regs) -> raw_syscalls:sys_exit(regs,
 * result)
 *
 * Arguments are read when the call returns: the registers still hold them, and memory that the kernel has
 * just read is resident. execve is the exception, since success replaces the caller's memory: its record is
 * made on entry and kept, by task, until the call returns. (By task and not by thread id: a thread that
 * executes takes over the id of its group's leader.)
 */
#ifndef TRACEE_PROBES_SYSCALLS_H
#define TRACEE_PROBES_SYSCALLS_H

/* Finds the event of a call, or returns false where nobody asked for it. */
static __always_inline bool find_event(struct call *call, const struct config *config)
{
	__u64 number = syscall_number(call->regs);
	__u64 native, compat, bit;
	__u32 *event, key;

	KEEP_AS_ONE(number);
	if (number >= MAX_SYSCALLS)
		return false;
	native = config->syscalls[number / 64];
	compat = config->compat_syscalls[number / 64];
	bit = 1ULL << (number % 64);
	/* Both bitmaps together first: the task's mode is read only for calls that may be wanted. */
	if (!((native | compat) & bit))
		return false;
	call->is_compat = task_is_compat((struct task_struct *)bpf_get_current_task());
	if (!((call->is_compat ? compat : native) & bit))
		return false;
	key = number + (call->is_compat ? MAX_SYSCALLS : 0);
	event = bpf_map_lookup_elem(&syscall_events, &key);
	if (!event)
		return false;
	call->event = *event;
	return true;
}

/* Puts down what the call is, or returns false where there is no room. */
static __always_inline bool read_call(struct call *call, const struct config *config)
{
	struct scratch *scratch = take_scratch(config, call->program);

	if (!scratch)
		return false;
	call->called = &scratch->called;
	syscall_arguments(call->regs, call->is_compat, call->called->arguments);
	FRESH(call->called->event) = call->event;
	return true;
}

/* Tells, before anything is built, whether the call goes anywhere. */
static __always_inline __u8 routes_of_call(struct call *call, const struct event_config *event)
{
	__u64 number = choose_argument(call->called->arguments, event->filter_argument);

	return routes_by_number(event, argument_number(event->filter_wire, number, call->is_compat));
}

static __always_inline bool begin_call_record(struct record *record, const struct config *config,
					      const struct event_config *event, struct call *call)
{
	__u8 routes = routes_of_call(call, event);

	if (!begin_record(record, call, call->event, routes))
		return false;
	if (call->is_compat)
		record->header->flags |= RECORD_COMPAT;
	return true;
}

SHARED int on_syscall_entry(struct call *call)
{
	__u64 task = bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event;
	struct record record;

	if (!config || !find_event(call, config))
		return DONE;
	prove(config, call->event + MAX_EVENTS);
	if (!in_scope(config))
		return DONE;
	event = get_event_config(call->event);
	if (!event || !event->is_read_on_entry)
		return DONE;
	if (!read_call(call, config) || !begin_call_record(&record, config, event, call))
		return DONE;
	FOLLOW(append_call_arguments(call->program));
	if (event->is_read_on_entry == ENTRY_TOLD)
		submit_record(&record);
	else
		bpf_map_update_elem(&pending_calls, &task, record.scratch->bytes, BPF_ANY);
	return DONE;
}

/*
 * What could not be read on entry, because the caller had never touched that memory, stands on the stack of
 * the program that was started: the kernel laid it out as
 *
 *   arg_start  argv[0] argv[1] ...  arg_end = env_start  envp[0] ...  env_end  pathname
 */
static __always_inline void complete_from_new_program(struct record *record, const struct event_config *event)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record_header *header = record->header;
	struct mm_struct *mm = FIELD(task, mm);
	__u64 argv = FRESH(event->string_arrays[0]);

#pragma unroll
	for (__u32 i = 0; i < 6; i++) {
		if (event->wires[i] == WIRE_STRING && !(FRESH(header->arguments) & (1U << i)))
			put_user_string(record, i, (void *)FIELD(mm, env_end));
	}
	KEEP_AS_ONE(argv);
	if (argv >= MAX_ARGUMENTS)
		return;
	if (!(FRESH(header->arguments) & (1U << argv)) || FRESH(header->slots[argv]) >> 32 & CUT_BIT)
		put_argument_block(record, argv, mm);
}

/* Hands on a record that was made on entry, of a call that succeeded. */
static __always_inline void submit_pending_call(struct call *call, const struct config *config,
						const struct pending_call *pending)
{
	struct scratch *scratch = take_scratch(config, call->program);
	struct record record = {.ctx = call->ctx, .scratch = scratch, .program = call->program};
	struct event_config *event;

	if (!scratch)
		return;
	record.header = (struct record_header *)scratch->bytes;
	read_kernel(scratch->bytes, MAX_RECORD_SIZE, pending->bytes);
	/* Of the record: on x86 the registers of a new program say execve, whatever started it. */
	event = get_event_config(FRESH(record.header->event));
	if (!event)
		return;
	complete_from_new_program(&record, event);
	submit_record(&record);
}

/* The record of a call that returned, or of one that was kept on entry. */
SHARED int record_call_exit(struct call *call)
{
	__s64 result = RESULT;
	__u64 task = bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event = get_event_config(call->event);
	struct pending_call *pending;
	struct record record;

	if (!config || !event)
		return DONE;
	if (READS_ON_ENTRY && event->is_read_on_entry == ENTRY_TOLD)
		return DONE;
	if (READS_ON_ENTRY && event->is_read_on_entry) {
		pending = bpf_map_lookup_elem(&pending_calls, &task);
		if (pending && !result)
			submit_pending_call(call, config, pending);
		bpf_map_delete_elem(&pending_calls, &task);
		if (pending && !result)
			return DONE;
		/* Out of scope when it was called, by its name or program then. */
		if (!result && config->scope & SCOPE_FILTERED)
			return DONE;
		/* A call that failed changed nothing, and the kernel has brought its arguments into memory. */
	}
	if (!begin_call_record(&record, config, event, call))
		return DONE;
	record.header->return_value = result;
	/* A call that was under way when tracing began, and succeeded: its arguments are gone. */
	if (!event->is_read_on_entry || result < 0)
		FOLLOW(append_call_arguments(call->program));
	submit_record(&record);
	return DONE;
}

/* Who called was in scope on entry: a program that was started since has another name. */
static __always_inline bool is_pending(void)
{
	__u64 task = bpf_get_current_task();

	return READS_ON_ENTRY && bpf_map_lookup_elem(&pending_calls, &task);
}

/* Keeps little on the stack, which is 512 bytes for a whole chain of calls. */
SHARED int on_syscall_exit(struct call *call, __s64 result)
{
	struct config *config = get_config();
	struct event_config *event;

	if (!config || !find_event(call, config))
		return DONE;
	prove(config, call->event);
	if (!in_scope(config) && !config->proving && !is_pending())
		return DONE;
	event = get_event_config(call->event);
	if (!event)
		return DONE;
	if (!read_call(call, config))
		return DONE;
	FRESH(call->called->result) = result;
	FRESH(call->called->checks) = event->checks;
	if (event->checks)
		FOLLOW(on_carrier_exit(call));
	/* Asked again: while it remembered the answer, the verifier would follow the carriers for each. */
	if (in_scope(config) || is_pending())
		FOLLOW(record_call_exit(call));
	return DONE;
}

#endif
