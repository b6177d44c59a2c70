/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind memory.h and alerts.h, one for each way to reach them. */
#ifndef TRACEE_PROBES_MEMORY_PROGRAMS_H
#define TRACEE_PROBES_MEMORY_PROGRAMS_H

#if HAS_TRAMPOLINES
SEC("fentry/security_mmap_file")
int fentry__security_mmap_file(__u64 *ctx)
{
	return HAND_TO(on_mapping, PROGRAM_FENTRY__SECURITY_MMAP_FILE, HOOK_TRAMPOLINE, (void *)ctx[0],
		       ctx[1], ctx[2]);
}
#endif

SEC("kprobe/security_mmap_file")
int kprobe__security_mmap_file(struct pt_regs *ctx)
{
	return HAND_TO(on_mapping, PROGRAM_KPROBE__SECURITY_MMAP_FILE, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

#if HAS_BPF_LSM
/* The hook has both: what was asked for, and what the personality makes of it. */
SEC("lsm/mmap_file")
int lsm__mmap_file(__u64 *ctx)
{
	return HAND_TO(on_mapping, PROGRAM_LSM__MMAP_FILE, HOOK_LSM, (void *)ctx[0], ctx[1], ctx[3]);
}
#endif

#if HAS_TRAMPOLINES
SEC("fentry/security_file_mprotect")
int fentry__security_file_mprotect(__u64 *ctx)
{
	return HAND_TO(on_protection, PROGRAM_FENTRY__SECURITY_FILE_MPROTECT, HOOK_TRAMPOLINE, (void *)ctx[0],
		       ctx[1], ctx[2]);
}
#endif

SEC("kprobe/security_file_mprotect")
int kprobe__security_file_mprotect(struct pt_regs *ctx)
{
	return HAND_TO(on_protection, PROGRAM_KPROBE__SECURITY_FILE_MPROTECT, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/file_mprotect")
int lsm__file_mprotect(__u64 *ctx)
{
	return HAND_TO(on_protection, PROGRAM_LSM__FILE_MPROTECT, HOOK_LSM, (void *)ctx[0], ctx[1], ctx[2]);
}
#endif

#endif
