/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind access.h, one for each way to reach it. */
#ifndef TRACEE_PROBES_ACCESS_PROGRAMS_H
#define TRACEE_PROBES_ACCESS_PROGRAMS_H

#if HAS_TRAMPOLINES
SEC("fentry/security_ptrace_access_check")
int fentry__security_ptrace_access_check(__u64 *ctx)
{
	return HAND_TO(on_ptrace_access, PROGRAM_FENTRY__SECURITY_PTRACE_ACCESS_CHECK, HOOK_TRAMPOLINE,
		       (void *)ctx[0], ctx[1]);
}

SEC("fentry/security_inode_mknod")
int fentry__security_inode_mknod(__u64 *ctx)
{
	return HAND_TO(on_inode_mknod, PROGRAM_FENTRY__SECURITY_INODE_MKNOD, HOOK_TRAMPOLINE, (void *)ctx[1],
		       ctx[2], ctx[3]);
}

SEC("fentry/security_file_receive")
int fentry__security_file_receive(__u64 *ctx)
{
	return HAND_TO(on_file_receive, PROGRAM_FENTRY__SECURITY_FILE_RECEIVE, HOOK_TRAMPOLINE,
		       (void *)ctx[0]);
}
#endif

SEC("kprobe/security_ptrace_access_check")
int kprobe__security_ptrace_access_check(struct pt_regs *ctx)
{
	return HAND_TO(on_ptrace_access, PROGRAM_KPROBE__SECURITY_PTRACE_ACCESS_CHECK, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
}

SEC("kprobe/security_inode_mknod")
int kprobe__security_inode_mknod(struct pt_regs *ctx)
{
	return HAND_TO(on_inode_mknod, PROGRAM_KPROBE__SECURITY_INODE_MKNOD, HOOK_KPROBE,
		       (void *)PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx));
}

SEC("kprobe/security_file_receive")
int kprobe__security_file_receive(struct pt_regs *ctx)
{
	return HAND_TO(on_file_receive, PROGRAM_KPROBE__SECURITY_FILE_RECEIVE, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/ptrace_access_check")
int lsm__ptrace_access_check(__u64 *ctx)
{
	return HAND_TO(on_ptrace_access, PROGRAM_LSM__PTRACE_ACCESS_CHECK, HOOK_LSM, (void *)ctx[0], ctx[1]);
}

SEC("lsm/inode_mknod")
int lsm__inode_mknod(__u64 *ctx)
{
	return HAND_TO(on_inode_mknod, PROGRAM_LSM__INODE_MKNOD, HOOK_LSM, (void *)ctx[1], ctx[2], ctx[3]);
}

SEC("lsm/file_receive")
int lsm__file_receive(__u64 *ctx)
{
	return HAND_TO(on_file_receive, PROGRAM_LSM__FILE_RECEIVE, HOOK_LSM, (void *)ctx[0]);
}
#endif

/* prctl() has five, and a kprobe none of them in one place. */
#define ON_PRCTL(program_id, hook_kind, ...)                                                                 \
	({                                                                                                   \
		__u64 arguments[] = {__VA_ARGS__};                                                           \
		HAND_TO(on_task_prctl, program_id, hook_kind, arguments);                                    \
	})

#if HAS_TRAMPOLINES
SEC("fentry/security_task_prctl")
int fentry__security_task_prctl(__u64 *ctx)
{
	return ON_PRCTL(PROGRAM_FENTRY__SECURITY_TASK_PRCTL, HOOK_TRAMPOLINE, ctx[0], ctx[1], ctx[2], ctx[3],
			ctx[4]);
}
#endif

SEC("kprobe/security_task_prctl")
int kprobe__security_task_prctl(struct pt_regs *ctx)
{
	return ON_PRCTL(PROGRAM_KPROBE__SECURITY_TASK_PRCTL, HOOK_KPROBE, PT_REGS_PARM1(ctx),
			PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx), PT_REGS_PARM5(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/task_prctl")
int lsm__task_prctl(__u64 *ctx)
{
	return ON_PRCTL(PROGRAM_LSM__TASK_PRCTL, HOOK_LSM, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4]);
}
#endif

#endif
