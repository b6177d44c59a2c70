/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs by architecture alone: which call was made, by which interface, with what. */
#ifndef TRACEE_REGISTERS_H
#define TRACEE_REGISTERS_H

/* Set in thread_info.status during a 32-bit call (arch/x86/include/asm/thread_info.h). */
#define X86_TS_COMPAT 0x0002
/* Set in thread_info.flags of a 32-bit task (arch/arm64/include/asm/thread_info.h). */
#define ARM64_TIF_32BIT (1 << 22)

/* Whether the current call was made by the 32-bit interface, also by a 64-bit program (int 0x80). */
static __always_inline bool task_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return FIELD(task, thread_info.status) & X86_TS_COMPAT;
#else
	return FIELD(task, thread_info.flags) & ARM64_TIF_32BIT;
#endif
}

static __always_inline __u32 syscall_number(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return FIELD(regs, orig_ax);
#else
	return FIELD(regs, syscallno);
#endif
}

/*
 * The caller's arguments, valid on entry and on return. x86-64 passes the fourth in r10, since the syscall
 * instruction overwrites rcx; arm64 overwrites x0 with the result and keeps the argument in orig_x0.
 */
static __always_inline void syscall_arguments(struct pt_regs *regs, bool is_compat, __u64 *arguments)
{
#if defined(__TARGET_ARCH_x86)
	if (is_compat) {
		arguments[0] = (__u32)FIELD(regs, bx);
		arguments[1] = (__u32)FIELD(regs, cx);
		arguments[2] = (__u32)FIELD(regs, dx);
		arguments[3] = (__u32)FIELD(regs, si);
		arguments[4] = (__u32)FIELD(regs, di);
		arguments[5] = (__u32)FIELD(regs, bp);
		return;
	}
	arguments[0] = FIELD(regs, di);
	arguments[1] = FIELD(regs, si);
	arguments[2] = FIELD(regs, dx);
	arguments[3] = FIELD(regs, r10);
	arguments[4] = FIELD(regs, r8);
	arguments[5] = FIELD(regs, r9);
#else
	arguments[0] = FIELD(regs, orig_x0);
	arguments[1] = FIELD(regs, regs[1]);
	arguments[2] = FIELD(regs, regs[2]);
	arguments[3] = FIELD(regs, regs[3]);
	arguments[4] = FIELD(regs, regs[4]);
	arguments[5] = FIELD(regs, regs[5]);
	if (is_compat) {
		for (int i = 0; i < 6; i++)
			arguments[i] = (__u32)arguments[i];
	}
#endif
}

#endif
