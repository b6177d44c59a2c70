/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The life of processes.
 *
 *   copy_process() -> trace_sched_process_fork(parent, child)       in the parent, before the child
 * runs exec_binprm() -> trace_sched_process_exec(task, old_pid, bprm)  in the new program, before
 * its first instruction do_exit() -> trace_sched_process_exit(task)                     once per
 * thread
 */
#ifndef TRACEE_PROBES_PROCESS_H
#define TRACEE_PROBES_PROCESS_H

SHARED int on_fork(struct call *call, struct task_struct *parent, struct task_struct *child)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SCHED_PROCESS_FORK);
	__u32 parent_pid = FIELD(parent, tgid);
	__u32 child_pid = FIELD(child, tgid);
	struct record record;

	if (!config || !event)
		return DONE;
	prove(config, EVENT_SCHED_PROCESS_FORK);
	scope_follow_fork(config, parent_pid, child_pid);
	if (!event->routes || !in_scope(config) ||
	    !begin_record(&record, call, EVENT_SCHED_PROCESS_FORK, event->routes))
		return DONE;
	put_number(&record, SCHED_PROCESS_FORK__PARENT_TID, FIELD(parent, pid));
	put_number(&record, SCHED_PROCESS_FORK__PARENT_NS_TID, task_ns_tid(parent));
	put_number(&record, SCHED_PROCESS_FORK__PARENT_PID, parent_pid);
	put_number(&record, SCHED_PROCESS_FORK__PARENT_NS_PID, task_ns_tid(FIELD(parent, group_leader)));
	put_number(&record, SCHED_PROCESS_FORK__CHILD_TID, FIELD(child, pid));
	put_number(&record, SCHED_PROCESS_FORK__CHILD_NS_TID, task_ns_tid(child));
	put_number(&record, SCHED_PROCESS_FORK__CHILD_PID, child_pid);
	put_number(&record, SCHED_PROCESS_FORK__CHILD_NS_PID, task_ns_tid(FIELD(child, group_leader)));
	submit_record(&record);
	return DONE;
}

SHARED int on_process_exec(struct call *call, struct linux_binprm *bprm)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SCHED_PROCESS_EXEC);
	struct file *file = FIELD(bprm, file);
	struct record record;
	__u8 routes;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SCHED_PROCESS_EXEC);
	if (!in_scope(config))
		return DONE;
	routes = routes_by_argument(event, SCHED_PROCESS_EXEC__STORAGE, file_storage(file));
	if (!begin_record(&record, call, EVENT_SCHED_PROCESS_EXEC, routes))
		return DONE;
	put_kernel_string(&record, SCHED_PROCESS_EXEC__CMDPATH, FIELD(bprm, filename));
	put_path(&record, SCHED_PROCESS_EXEC__PATHNAME, file_path(file));
	put_argument_block(&record, SCHED_PROCESS_EXEC__ARGV, FIELD(task, mm));
	put_file_identity(&record, SCHED_PROCESS_EXEC__DEV, SCHED_PROCESS_EXEC__INODE, file);
	put_number(&record, SCHED_PROCESS_EXEC__STORAGE, file_storage(file));
	put_number(&record, SCHED_PROCESS_EXEC__SIZE, file_size(file));
	submit_record(&record);
	return DONE;
}

/* Each event that is seen here is one call: the verifier never follows those that nobody selected. */
static __always_inline int on_exec(struct call *call, struct linux_binprm *bprm)
{
	if (IS_SELECTED(CHECK_SCHED_PROCESS_EXEC))
		FOLLOW(on_process_exec(call, bprm));
	if (IS_SELECTED(CHECK_STDIO_SOCKET))
		FOLLOW(on_stdio_exec(call));
	if (IS_SELECTED(CHECK_LOADER_ENVIRONMENT))
		FOLLOW(on_loader_environment(call));
	return 0;
}

SHARED int on_exit(struct call *call, struct task_struct *task)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SCHED_PROCESS_EXIT);
	struct signal_struct *signal = FIELD(task, signal);
	bool is_last = FIELD(signal, live.counter) == 0;
	struct record record;

	if (!config || !event)
		return DONE;
	prove(config, EVENT_SCHED_PROCESS_EXIT);
	if (event->routes && in_scope(config) &&
	    begin_record(&record, call, EVENT_SCHED_PROCESS_EXIT, event->routes)) {
		put_number(&record, SCHED_PROCESS_EXIT__EXIT_CODE, (__s64)FIELD(task, exit_code));
		put_number(&record, SCHED_PROCESS_EXIT__PROCESS_GROUP_EXIT, is_last);
		submit_record(&record);
	}
	if (is_last)
		scope_forget(config, FIELD(task, tgid));
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sched_process_fork")
int tp_btf__sched_process_fork(__u64 *ctx)
{
	return HAND_TO(on_fork, PROGRAM_TP_BTF__SCHED_PROCESS_FORK, HOOK_TP_BTF, (void *)ctx[0],
		       (void *)ctx[1]);
}
#endif

SEC("raw_tp/sched_process_fork")
int raw_tp__sched_process_fork(__u64 *ctx)
{
	return HAND_TO(on_fork, PROGRAM_RAW_TP__SCHED_PROCESS_FORK, HOOK_RAW_TRACEPOINT, (void *)ctx[0],
		       (void *)ctx[1]);
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sched_process_exec")
int tp_btf__sched_process_exec(__u64 *ctx)
{
	return HAND_TO(on_exec, PROGRAM_TP_BTF__SCHED_PROCESS_EXEC, HOOK_TP_BTF, (void *)ctx[2]);
}
#endif

SEC("raw_tp/sched_process_exec")
int raw_tp__sched_process_exec(__u64 *ctx)
{
	return HAND_TO(on_exec, PROGRAM_RAW_TP__SCHED_PROCESS_EXEC, HOOK_RAW_TRACEPOINT, (void *)ctx[2]);
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sched_process_exit")
int tp_btf__sched_process_exit(__u64 *ctx)
{
	return HAND_TO(on_exit, PROGRAM_TP_BTF__SCHED_PROCESS_EXIT, HOOK_TP_BTF, (void *)ctx[0]);
}
#endif

SEC("raw_tp/sched_process_exit")
int raw_tp__sched_process_exit(__u64 *ctx)
{
	return HAND_TO(on_exit, PROGRAM_RAW_TP__SCHED_PROCESS_EXIT, HOOK_RAW_TRACEPOINT, (void *)ctx[0]);
}

#endif
