/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a process senses a debugger, or keeps one away.
 *
 *   ptrace(PTRACE_TRACEME) -> security_ptrace_traceme(parent)
 *   read of /proc/PID/status -> proc_pid_status(seq, namespace, pid, task)
 *   seccomp, prctl -> do_seccomp(operation, flags, arguments)
 *   int3 and others -> trace_signal_generate(signal, info, task, group, result)
 */
#ifndef TRACEE_PROBES_DEBUGGING_H
#define TRACEE_PROBES_DEBUGGING_H

SHARED int on_traceme(struct call *call, struct task_struct *parent)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_PTRACE_TRACEME);
	struct record record;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SECURITY_PTRACE_TRACEME);
	if (!in_scope(config) || !begin_record(&record, call, EVENT_SECURITY_PTRACE_TRACEME, event->routes))
		return DONE;
	parent = FIELD(parent, group_leader);
	put_number(&record, SECURITY_PTRACE_TRACEME__PARENT_PID, FIELD(parent, tgid));
	put_number(&record, SECURITY_PTRACE_TRACEME__PARENT_NS_PID, task_ns_tid(parent));
	put_kernel_string(&record, SECURITY_PTRACE_TRACEME__PARENT_COMM, parent->comm);
	submit_record(&record);
	return DONE;
}

/* Whose state was read. */
struct status {
	__u32 tid;
	__u32 ns_tid;
	bool is_parent;
};

static __always_inline void tell_status(struct call *call, const struct config *config,
					const struct status *status)
{
	struct event_config *event = get_event_config(EVENT_PROC_PID_STATUS);
	struct record record;

	if (!event || !event->routes || !in_scope(config) ||
	    !begin_record(&record, call, EVENT_PROC_PID_STATUS, event->routes))
		return;
	put_number(&record, PROC_PID_STATUS__TID, status->tid);
	put_number(&record, PROC_PID_STATUS__NS_TID, status->ns_tid);
	put_number(&record, PROC_PID_STATUS__IS_PARENT, status->is_parent);
	submit_record(&record);
}

static __always_inline struct task_struct *parent_of_current(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = FIELD(task, group_leader);
	struct task_struct *parent = FIELD(leader, real_parent);

	return FIELD(parent, group_leader);
}

/* ps and top read that of every process; only what reads its own or its parent's goes further. */
SHARED int on_proc_pid_status(struct call *call, struct task_struct *task)
{
	struct config *config = get_config();
	struct status status = {};
	__u32 pid;

	if (!config)
		return DONE;
	prove(config, EVENT_PROC_PID_STATUS);
	pid = FIELD(task, tgid);
	status.is_parent = pid != bpf_get_current_pid_tgid() >> 32;
	if (status.is_parent && pid != FIELD(parent_of_current(), tgid))
		return DONE;
	status.tid = FIELD(task, pid);
	status.ns_tid = task_ns_tid(task);
	tell_status(call, config, &status);
	return DONE;
}

/* The number that the directory above a file is named with; 0 where it is none. */
static __always_inline __u32 number_of_directory(struct file *file)
{
	struct dentry *dentry = FIELD(file, f_path.dentry);
	struct dentry *directory = FIELD(dentry, d_parent);
	const unsigned char *name = FIELD(directory, d_name.name);
	__u64 length = FIELD(directory, d_name.len);
	__u64 text = 0;
	__u32 number = 0;

	KEEP_AS_ONE(length);
	if (length >= sizeof(text))
		return 0;
	read_kernel(&text, length, name);
#pragma unroll
	for (int i = 0; i < 7; i++) {
		__u32 digit = (text & 0xff) - '0';

		if (digit <= 9)
			number = number * 10 + digit;
		text >>= 8;
	}
	return number;
}

/* "status" */
#define is_process_status(file) is_process_file(file, 0x737574617473, 6)

/* Where only the opening of the file is seen: its directory is named with the process, as some namespace counts. */
SHARED int on_status_opened(struct call *call, __u32 descriptor)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = file_of_descriptor(descriptor);
	struct config *config = get_config();
	__u64 ids = bpf_get_current_pid_tgid();
	struct task_struct *parent = parent_of_current();
	struct status status = {};
	__u32 number;

	if (!config || !file || !is_process_status(file))
		return DONE;
	prove(config, EVENT_PROC_PID_STATUS);
	number = number_of_directory(file);
	status.tid = ids;
	status.ns_tid = task_ns_tid(task);
	if (number != status.tid && number != ids >> 32 && number != status.ns_tid &&
	    number != task_ns_tid(FIELD(task, group_leader))) {
		status.is_parent = true;
		status.tid = FIELD(parent, tgid);
		status.ns_tid = task_ns_tid(parent);
		if (number != status.tid && number != status.ns_tid)
			return DONE;
	}
	tell_status(call, config, &status);
	return DONE;
}

/* Files of procfs that were opened or written, for events whose functions cannot be hooked. */
static __always_inline void on_process_file_carrier_exit(struct call *call)
{
	if (!HAS_SUCCEEDED)
		return;
	if (IS_CARRIED(CHECK_MEM_WRITE))
		FOLLOW(on_write_exit(call, RESULT));
	if (IS_CARRIED(CHECK_PROC_PID_STATUS))
		FOLLOW(on_status_opened(call, RESULT));
}

SHARED int on_signal_generate(struct call *call, int signal, struct kernel_siginfo *info,
			      struct task_struct *task)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SIGNAL_GENERATE);
	struct record record;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SIGNAL_GENERATE);
	if (!in_scope(config) || !routes_by_number(event, signal) ||
	    !begin_record(&record, call, EVENT_SIGNAL_GENERATE, event->routes))
		return DONE;
	put_number(&record, SIGNAL_GENERATE__SIGNAL, signal);
	/* Below 2 it is no address: the kernel's marks for signals that bring nothing along. */
	if ((unsigned long)info > 1)
		put_number(&record, SIGNAL_GENERATE__CODE, (__s64)FIELD(info, si_code));
	put_number(&record, SIGNAL_GENERATE__TARGET_PID, FIELD(task, tgid));
	put_number(&record, SIGNAL_GENERATE__TARGET_NS_PID, task_ns_tid(FIELD(task, group_leader)));
	put_number(&record, SIGNAL_GENERATE__IS_TRACED, FIELD(task, ptrace) != 0);
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_ptrace_traceme")
int fentry__security_ptrace_traceme(__u64 *ctx)
{
	return HAND_TO(on_traceme, PROGRAM_FENTRY__SECURITY_PTRACE_TRACEME, HOOK_TRAMPOLINE, (void *)ctx[0]);
}
#endif

SEC("kprobe/security_ptrace_traceme")
int kprobe__security_ptrace_traceme(struct pt_regs *ctx)
{
	return HAND_TO(on_traceme, PROGRAM_KPROBE__SECURITY_PTRACE_TRACEME, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/ptrace_traceme")
int lsm__ptrace_traceme(__u64 *ctx)
{
	return HAND_TO(on_traceme, PROGRAM_LSM__PTRACE_TRACEME, HOOK_LSM, (void *)ctx[0]);
}
#endif

#if HAS_TRAMPOLINES
SEC("fentry/proc_pid_status")
int fentry__proc_pid_status(__u64 *ctx)
{
	return HAND_TO(on_proc_pid_status, PROGRAM_FENTRY__PROC_PID_STATUS, HOOK_TRAMPOLINE, (void *)ctx[3]);
}
#endif

SEC("kprobe/proc_pid_status")
int kprobe__proc_pid_status(struct pt_regs *ctx)
{
	return HAND_TO(on_proc_pid_status, PROGRAM_KPROBE__PROC_PID_STATUS, HOOK_KPROBE,
		       (void *)PT_REGS_PARM4(ctx));
}

#if HAS_TRAMPOLINES
SEC("tp_btf/signal_generate")
int tp_btf__signal_generate(__u64 *ctx)
{
	return HAND_TO(on_signal_generate, PROGRAM_TP_BTF__SIGNAL_GENERATE, HOOK_TP_BTF, ctx[0],
		       (void *)ctx[1], (void *)ctx[2]);
}
#endif

SEC("raw_tp/signal_generate")
int raw_tp__signal_generate(__u64 *ctx)
{
	return HAND_TO(on_signal_generate, PROGRAM_RAW_TP__SIGNAL_GENERATE, HOOK_RAW_TRACEPOINT, ctx[0],
		       (void *)ctx[1], (void *)ctx[2]);
}

#endif
