/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How threads and processes end.
 *
 *   exit(), exit_group(), get_signal() -> do_exit(code)                    once per thread
 *   kill() ... __send_signal() -> trace_signal_generate(signal, info, task, group, result)   by who sends it
 *   get_signal() -> trace_signal_deliver(signal, info, action)             by who gets it
 *
 * A signal that ends a process without a core is never delivered itself: complete_signal() gives SIGKILL to
 * all of its threads, and keeps what it was in signal->group_exit_code. Who sent it is known when it is
 * generated only.
 */
#ifndef TRACEE_PROBES_ENDS_H
#define TRACEE_PROBES_ENDS_H

SHARED int on_do_exit(struct call *call, __s64 code)
{
	struct event_config *event = look_up(EVENT_DO_EXIT);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_DO_EXIT, event->routes))
		return DONE;
	record.header->return_value = code;
	submit_record(&record);
	return DONE;
}

/* Signals by their default actions (include/linux/signal.h); numbers are the same on x86 and arm64. */
#define SIGNAL_BIT(signal) (1ULL << ((signal)-1))
#define SIGNAL_KILL 9
#define LAST_SIGNAL 64
#define DUMPING_SIGNALS                                                                                      \
	(SIGNAL_BIT(3) | SIGNAL_BIT(4) | SIGNAL_BIT(5) | SIGNAL_BIT(6) | SIGNAL_BIT(7) | SIGNAL_BIT(8) |     \
	 SIGNAL_BIT(11) | SIGNAL_BIT(24) | SIGNAL_BIT(25) | SIGNAL_BIT(31))
/* Ignored: CHLD, CONT, URG, WINCH. Stopping: STOP, TSTP, TTIN, TTOU. */
#define HARMLESS_SIGNALS                                                                                     \
	(SIGNAL_BIT(17) | SIGNAL_BIT(18) | SIGNAL_BIT(23) | SIGNAL_BIT(28) | SIGNAL_BIT(19) |                \
	 SIGNAL_BIT(20) | SIGNAL_BIT(21) | SIGNAL_BIT(22))

/* include/uapi/asm-generic/signal-defs.h */
#define DEFAULT_ACTION 0
#define IGNORED 1

/* Whether a signal is told: one that ends the process, or an error that a handler catches. */
static __always_inline bool is_told_signal(__u32 signal, unsigned long handler)
{
	__u64 bit;

	if (signal < 1 || signal > LAST_SIGNAL || handler == IGNORED)
		return false;
	bit = SIGNAL_BIT(signal);
	return bit & (handler == DEFAULT_ACTION ? ~HARMLESS_SIGNALS : DUMPING_SIGNALS);
}

static __always_inline unsigned long handler_of(struct task_struct *task, __u32 signal)
{
	struct sighand_struct *handlers = FIELD(task, sighand);
	struct k_sigaction *action = ADDRESS_OF(handlers, action);

	action = (void *)action + (signal - 1) * SIZE_OF(struct k_sigaction);
	return (unsigned long)FIELD(action, sa.sa_handler);
}

/* include/uapi/asm-generic/siginfo.h: what a process sent; all else comes from the kernel. */
#define CODE_USER 0
#define CODE_QUEUE -1
#define CODE_TKILL -6
#define CODE_KERNEL 0x80

/* 0 and 1 are no addresses, but the kernel's marks for signals that bring nothing along. */
static __always_inline __s32 code_of_signal(struct kernel_siginfo *info)
{
	if (!info)
		return CODE_USER;
	return (unsigned long)info == 1 ? CODE_KERNEL : FIELD(info, si_code);
}

static __always_inline struct signal_key key_of_signal(struct task_struct *task, __u32 signal)
{
	struct signal_key key = {
		.start_time = task_start_time(FIELD(task, group_leader)),
		.pid = FIELD(task, tgid),
		.signal = signal,
	};

	return key;
}

/* include/trace/events/signal.h; all other results say that nothing will be delivered. */
#define RESULT_DELIVERED 0
#define RESULT_LOSE_INFO 4

SHARED int on_signal_sent(__u32 signal, struct kernel_siginfo *info, struct task_struct *task, __u32 result)
{
	struct task_struct *self = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	struct signal_sender sender = {.code = code_of_signal(info)};
	__u32 pid = FIELD(task, tgid);
	struct signal_key key;

	/* Whoever sends it may be out of scope; whoever gets it is not. */
	if (!config || !config->armed || !(is_named(config, pid) || is_followed(config, pid)) ||
	    (result != RESULT_DELIVERED && result != RESULT_LOSE_INFO) ||
	    !is_told_signal(signal, handler_of(task, signal)))
		return DONE;
	if (sender.code == CODE_USER || sender.code == CODE_QUEUE || sender.code == CODE_TKILL) {
		sender.pid = bpf_get_current_pid_tgid() >> 32;
		sender.ns_pid = task_ns_tid(FIELD(self, group_leader));
		bpf_get_current_comm(sender.comm, sizeof(sender.comm));
	}
	key = key_of_signal(task, signal);
	bpf_map_update_elem(&signal_senders, &key, &sender, BPF_ANY);
	return DONE;
}

/* include/linux/sched/signal.h: of the first process of a namespace. */
#define GROUP_UNKILLABLE 0x40

/* The signal that ends the process where it is known to end by one, else what is delivered; 0 for an exit by itself. */
static __always_inline __u32 signal_behind(struct signal_struct *group, __u32 signal)
{
	return signal == SIGNAL_KILL ? FIELD(group, group_exit_code) & 0x7f : signal;
}

/* False for an end that was told: each thread of the process gets there, with the lock of all of them. */
static __always_inline bool learn_sender(const struct signal_key *key, bool is_end,
					 struct signal_sender *sender)
{
	struct signal_sender *known = bpf_map_lookup_elem(&signal_senders, key);

	if (known) {
		if (is_end && known->is_told)
			return false;
		*sender = *known;
	}
	if (is_end) {
		sender->is_told = true;
		bpf_map_update_elem(&signal_senders, key, sender, BPF_ANY);
	}
	return true;
}

static __always_inline void put_sender(struct record *record, const struct signal_sender *sender)
{
	if (!sender->pid)
		return;
	put_number(record, SIGNAL_DELIVER__SENDER_PID, sender->pid);
	put_number(record, SIGNAL_DELIVER__SENDER_NS_PID, sender->ns_pid);
	put_kernel_string(record, SIGNAL_DELIVER__SENDER_COMM, sender->comm);
}

SHARED int on_signal_deliver(struct call *call, __u32 signal, struct kernel_siginfo *info,
			     struct k_sigaction *action)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct event_config *event = look_up(EVENT_SIGNAL_DELIVER);
	struct signal_struct *group = FIELD(task, signal);
	unsigned long handler = (unsigned long)FIELD(action, sa.sa_handler);
	struct signal_sender sender = {};
	struct signal_key key;
	struct record record;
	bool is_end = handler == DEFAULT_ACTION;

	if (!event)
		return DONE;
	signal = signal_behind(group, signal);
	if (!is_told_signal(signal, handler) ||
	    (is_end && signal != SIGNAL_KILL && FIELD(group, flags) & GROUP_UNKILLABLE))
		return DONE;
	key = key_of_signal(task, signal);
	sender.code = code_of_signal(info);
	if (!learn_sender(&key, is_end, &sender) ||
	    !begin_wanted(&record, call, EVENT_SIGNAL_DELIVER,
			  routes_by_argument(event, SIGNAL_DELIVER__SIGNAL, signal)))
		return DONE;
	put_number(&record, SIGNAL_DELIVER__SIGNAL, signal);
	put_number(&record, SIGNAL_DELIVER__CODE, (__s64)sender.code);
	put_sender(&record, &sender);
	put_number(&record, SIGNAL_DELIVER__ENDS_PROCESS, is_end);
	put_number(&record, SIGNAL_DELIVER__DUMPS_CORE, is_end && SIGNAL_BIT(signal) & DUMPING_SIGNALS);
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/do_exit")
int fentry__do_exit(__u64 *ctx)
{
	return HAND_TO(on_do_exit, PROGRAM_FENTRY__DO_EXIT, HOOK_TRAMPOLINE, ctx[0]);
}
#endif

SEC("kprobe/do_exit")
int kprobe__do_exit(struct pt_regs *ctx)
{
	return HAND_TO(on_do_exit, PROGRAM_KPROBE__DO_EXIT, HOOK_KPROBE, PT_REGS_PARM1(ctx));
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sched_process_exit")
int tp_btf__do_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	return HAND_TO(on_do_exit, PROGRAM_TP_BTF__DO_EXIT, HOOK_TP_BTF, FIELD(task, exit_code));
}
#endif

SEC("raw_tp/sched_process_exit")
int raw_tp__do_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	return HAND_TO(on_do_exit, PROGRAM_RAW_TP__DO_EXIT, HOOK_RAW_TRACEPOINT, FIELD(task, exit_code));
}

#if HAS_TRAMPOLINES
SEC("tp_btf/signal_generate")
int tp_btf__signal_sender(__u64 *ctx)
{
	FOLLOW(on_signal_sent(ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[4]));
	return 0;
}

SEC("tp_btf/signal_deliver")
int tp_btf__signal_deliver(__u64 *ctx)
{
	return HAND_TO(on_signal_deliver, PROGRAM_TP_BTF__SIGNAL_DELIVER, HOOK_TP_BTF, ctx[0], (void *)ctx[1],
		       (void *)ctx[2]);
}
#endif

SEC("raw_tp/signal_generate")
int raw_tp__signal_sender(__u64 *ctx)
{
	FOLLOW(on_signal_sent(ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[4]));
	return 0;
}

SEC("raw_tp/signal_deliver")
int raw_tp__signal_deliver(__u64 *ctx)
{
	return HAND_TO(on_signal_deliver, PROGRAM_RAW_TP__SIGNAL_DELIVER, HOOK_RAW_TRACEPOINT, ctx[0],
		       (void *)ctx[1], (void *)ctx[2]);
}

#endif
