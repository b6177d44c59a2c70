/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind inodes.h, one for each way to reach it. */
#ifndef TRACEE_PROBES_INODE_PROGRAMS_H
#define TRACEE_PROBES_INODE_PROGRAMS_H

#if HAS_TRAMPOLINES
SEC("fentry/security_inode_rename")
int fentry__security_inode_rename(__u64 *ctx)
{
	return HAND_TO(on_inode_rename, PROGRAM_FENTRY__SECURITY_INODE_RENAME, HOOK_TRAMPOLINE,
		       (void *)ctx[1], (void *)ctx[3]);
}

SEC("fentry/security_inode_link")
int fentry__security_inode_link(__u64 *ctx)
{
	return HAND_TO(on_inode_link, PROGRAM_FENTRY__SECURITY_INODE_LINK, HOOK_TRAMPOLINE, (void *)ctx[0],
		       (void *)ctx[2]);
}

SEC("fentry/security_inode_symlink")
int fentry__security_inode_symlink(__u64 *ctx)
{
	return HAND_TO(on_inode_symlink, PROGRAM_FENTRY__SECURITY_INODE_SYMLINK, HOOK_TRAMPOLINE,
		       (void *)ctx[1], (void *)ctx[2]);
}

SEC("fentry/security_path_truncate")
int fentry__security_path_truncate(__u64 *ctx)
{
	return HAND_TO(on_path_truncate, PROGRAM_FENTRY__SECURITY_PATH_TRUNCATE, HOOK_TRAMPOLINE,
		       (void *)ctx[0]);
}

SEC("fentry/security_sb_mount")
int fentry__security_sb_mount(__u64 *ctx)
{
	struct mount_request request = {(void *)ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[3]};

	return HAND_TO(on_sb_mount, PROGRAM_FENTRY__SECURITY_SB_MOUNT, HOOK_TRAMPOLINE, &request);
}

SEC("fentry/security_move_mount")
int fentry__security_move_mount(__u64 *ctx)
{
	return HAND_TO(on_move_mount, PROGRAM_FENTRY__SECURITY_MOVE_MOUNT, HOOK_TRAMPOLINE, (void *)ctx[0],
		       (void *)ctx[1]);
}
#endif

SEC("kprobe/security_inode_rename")
int kprobe__security_inode_rename(struct pt_regs *ctx)
{
	return HAND_TO(on_inode_rename, PROGRAM_KPROBE__SECURITY_INODE_RENAME, HOOK_KPROBE,
		       (void *)PT_REGS_PARM2(ctx), (void *)PT_REGS_PARM4(ctx));
}

SEC("kprobe/security_inode_link")
int kprobe__security_inode_link(struct pt_regs *ctx)
{
	return HAND_TO(on_inode_link, PROGRAM_KPROBE__SECURITY_INODE_LINK, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_inode_symlink")
int kprobe__security_inode_symlink(struct pt_regs *ctx)
{
	return HAND_TO(on_inode_symlink, PROGRAM_KPROBE__SECURITY_INODE_SYMLINK, HOOK_KPROBE,
		       (void *)PT_REGS_PARM2(ctx), (void *)PT_REGS_PARM3(ctx));
}

SEC("kprobe/security_path_truncate")
int kprobe__security_path_truncate(struct pt_regs *ctx)
{
	return HAND_TO(on_path_truncate, PROGRAM_KPROBE__SECURITY_PATH_TRUNCATE, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

SEC("kprobe/security_sb_mount")
int kprobe__security_sb_mount(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KPROBE__SECURITY_SB_MOUNT, HOOK_KPROBE);
	struct mount_request request = {(void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM2(ctx),
					(void *)PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx)};

	return on_sb_mount(&call, &request);
}

SEC("kprobe/security_move_mount")
int kprobe__security_move_mount(struct pt_regs *ctx)
{
	return HAND_TO(on_move_mount, PROGRAM_KPROBE__SECURITY_MOVE_MOUNT, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), (void *)PT_REGS_PARM2(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/inode_rename")
int lsm__inode_rename(__u64 *ctx)
{
	return HAND_TO(on_inode_rename, PROGRAM_LSM__INODE_RENAME, HOOK_LSM, (void *)ctx[1], (void *)ctx[3]);
}

SEC("lsm/inode_link")
int lsm__inode_link(__u64 *ctx)
{
	return HAND_TO(on_inode_link, PROGRAM_LSM__INODE_LINK, HOOK_LSM, (void *)ctx[0], (void *)ctx[2]);
}

SEC("lsm/inode_symlink")
int lsm__inode_symlink(__u64 *ctx)
{
	return HAND_TO(on_inode_symlink, PROGRAM_LSM__INODE_SYMLINK, HOOK_LSM, (void *)ctx[1],
		       (void *)ctx[2]);
}

SEC("lsm/path_truncate")
int lsm__path_truncate(__u64 *ctx)
{
	return HAND_TO(on_path_truncate, PROGRAM_LSM__PATH_TRUNCATE, HOOK_LSM, (void *)ctx[0]);
}

SEC("lsm/sb_mount")
int lsm__sb_mount(__u64 *ctx)
{
	struct mount_request request = {(void *)ctx[0], (void *)ctx[1], (void *)ctx[2], ctx[3]};

	return HAND_TO(on_sb_mount, PROGRAM_LSM__SB_MOUNT, HOOK_LSM, &request);
}

SEC("lsm/move_mount")
int lsm__move_mount(__u64 *ctx)
{
	return HAND_TO(on_move_mount, PROGRAM_LSM__MOVE_MOUNT, HOOK_LSM, (void *)ctx[0], (void *)ctx[1]);
}
#endif

#endif
