/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind syscalls.h, one for each way to reach it. */
#ifndef TRACEE_PROBES_SYSCALL_PROGRAMS_H
#define TRACEE_PROBES_SYSCALL_PROGRAMS_H

#define CALL(registers, program_id, hook_kind)                                                               \
	{                                                                                                    \
		.ctx = ctx, .regs = (registers), .program = (program_id), .hook = (hook_kind)                \
	}

#define ON_ENTRY(registers, program_id, hook_kind)                                                           \
	({                                                                                                   \
		struct call call = CALL(registers, program_id, hook_kind);                                   \
		on_syscall_entry(&call);                                                                     \
	})

#define ON_EXIT(registers, result, program_id, hook_kind)                                                    \
	({                                                                                                   \
		struct call call = CALL(registers, program_id, hook_kind);                                   \
		on_syscall_exit(&call, (result));                                                            \
	})

#if HAS_TRAMPOLINES
SEC("tp_btf/sys_enter")
int tp_btf__sys_enter(__u64 *ctx)
{
	return ON_ENTRY((void *)ctx[0], PROGRAM_TP_BTF__SYS_ENTER, HOOK_TP_BTF);
}
#endif

SEC("raw_tp/sys_enter")
int raw_tp__sys_enter(__u64 *ctx)
{
	return ON_ENTRY((void *)ctx[0], PROGRAM_RAW_TP__SYS_ENTER, HOOK_RAW_TRACEPOINT);
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sys_exit")
int tp_btf__sys_exit(__u64 *ctx)
{
	return ON_EXIT((void *)ctx[0], ctx[1], PROGRAM_TP_BTF__SYS_EXIT, HOOK_TP_BTF);
}
#endif

SEC("raw_tp/sys_exit")
int raw_tp__sys_exit(__u64 *ctx)
{
	return ON_EXIT((void *)ctx[0], ctx[1], PROGRAM_RAW_TP__SYS_EXIT, HOOK_RAW_TRACEPOINT);
}

#if HAS_TRAMPOLINES
/* The runtime chooses the function for each slot. */
#define ENTRY_SLOT(slot)                                                                                     \
	SEC("fentry")                                                                                        \
	int fentry__syscall_##slot(__u64 *ctx)                                                               \
	{                                                                                                    \
		return ON_ENTRY((void *)ctx[0], PROGRAM_FENTRY__SYSCALL_##slot, HOOK_TRAMPOLINE);            \
	}

#define EXIT_SLOT(slot)                                                                                      \
	SEC("fexit")                                                                                         \
	int fexit__syscall_##slot(__u64 *ctx)                                                                \
	{                                                                                                    \
		return ON_EXIT((void *)ctx[0], ctx[1], PROGRAM_FEXIT__SYSCALL_##slot, HOOK_TRAMPOLINE);      \
	}

ENTRY_SLOT(0)
ENTRY_SLOT(1)
ENTRY_SLOT(2)
ENTRY_SLOT(3)

EXIT_SLOT(0)
EXIT_SLOT(1)
EXIT_SLOT(2)
EXIT_SLOT(3)
EXIT_SLOT(4)
EXIT_SLOT(5)
EXIT_SLOT(6)
EXIT_SLOT(7)
EXIT_SLOT(8)
EXIT_SLOT(9)
EXIT_SLOT(10)
EXIT_SLOT(11)
EXIT_SLOT(12)
EXIT_SLOT(13)
EXIT_SLOT(14)
EXIT_SLOT(15)
EXIT_SLOT(16)
EXIT_SLOT(17)
EXIT_SLOT(18)
EXIT_SLOT(19)
EXIT_SLOT(20)
EXIT_SLOT(21)
EXIT_SLOT(22)
EXIT_SLOT(23)
EXIT_SLOT(24)
EXIT_SLOT(25)
EXIT_SLOT(26)
EXIT_SLOT(27)
EXIT_SLOT(28)
EXIT_SLOT(29)
EXIT_SLOT(30)
EXIT_SLOT(31)
EXIT_SLOT(32)
EXIT_SLOT(33)
EXIT_SLOT(34)
EXIT_SLOT(35)
EXIT_SLOT(36)
EXIT_SLOT(37)
EXIT_SLOT(38)
EXIT_SLOT(39)
#endif

/* Attached to as many functions as were selected; the number in the registers tells which call it is. */
SEC("kprobe")
int kprobe__syscall(struct pt_regs *ctx)
{
	return ON_ENTRY((void *)PT_REGS_PARM1(ctx), PROGRAM_KPROBE__SYSCALL, HOOK_KPROBE);
}

SEC("kretprobe")
int kretprobe__syscall(struct pt_regs *ctx)
{
	return ON_EXIT(task_user_regs((struct task_struct *)bpf_get_current_task()), PT_REGS_RC(ctx),
		       PROGRAM_KRETPROBE__SYSCALL, HOOK_KPROBE);
}

#endif
