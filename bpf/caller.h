/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which system call the current task is in, for events that are seen somewhere on its way through the kernel. */
#ifndef TRACEE_CALLER_H
#define TRACEE_CALLER_H

/* include/linux/sched.h: these have no registers of a user. An io_uring worker is one since 5.12 (46fe18b16c46). */
#define TASK_IO_WORKER 0x10
#define TASK_KERNEL_THREAD 0x200000

/* What a caller is told that is in no system call. */
#define NO_CALL -1

/* The event of that call, as the catalogue numbers it for all architectures; NO_CALL for none. */
VERIFIED_ONCE int current_call(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 *event, key;
	int found;

	if (FIELD(task, flags) & (TASK_KERNEL_THREAD | TASK_IO_WORKER))
		return NO_CALL;
	key = syscall_number(task_user_regs(task));
	if (key >= MAX_SYSCALLS)
		return NO_CALL;
	if (task_is_compat(task))
		key += MAX_SYSCALLS;
	event = bpf_map_lookup_elem(&syscall_events, &key);
	if (!event)
		return NO_CALL;
	found = *event;
	return found;
}

/* The descriptor of the socket that the current call is about; -1 where it has none, as in io_uring. */
VERIFIED_ONCE int current_socket(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	int call = current_call();
	__u64 arguments[6];
	__u32 descriptor;

	if (call != EVENT_CONNECT && call != EVENT_BIND && call != EVENT_LISTEN && call != EVENT_ACCEPT &&
	    call != EVENT_ACCEPT4 && call != EVENT_SOCKETCALL)
		return -1;
	syscall_arguments(task_user_regs(task), task_is_compat(task), arguments);
	descriptor = arguments[0];
	/* Of 32-bit programs: a number for what to do, and where the arguments are. */
	if (call == EVENT_SOCKETCALL && read_user(&descriptor, sizeof(descriptor), (void *)arguments[1]))
		return -1;
	return descriptor;
}

#endif
