/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of files that go away; of most interest, that of the program which is running.
 *
 *   vfs_unlink() -> security_inode_unlink(dir, dentry)   before it happens
 *   unlink() unlinkat()                                  where that cannot be hooked: the file has
 * lost its name by then, but the program knows its own file
 */
#ifndef TRACEE_PROBES_OWN_EXECUTABLE_H
#define TRACEE_PROBES_OWN_EXECUTABLE_H

static __always_inline struct file *own_executable(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct mm_struct *mm = FIELD(task, mm);

	return FIELD(mm, exe_file);
}

SHARED int on_inode_unlink(struct call *call, struct dentry *dentry)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_INODE_UNLINK);
	struct file *executable = own_executable();
	struct inode *inode = FIELD(dentry, d_inode);
	struct super_block *super = FIELD(inode, i_sb);
	/* A path without a mount goes up to the root of its file system. */
	struct path path = {.dentry = dentry};
	struct record record;
	bool is_own;
	__u8 routes;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SECURITY_INODE_UNLINK);
	if (!in_scope(config))
		return DONE;
	/* The last of its names: another that stays keeps the file on its file system. */
	is_own = executable && FIELD(executable, f_inode) == inode && FIELD(inode, i_nlink) == 1;
	routes = routes_by_argument(event, SECURITY_INODE_UNLINK__IS_OWN_EXECUTABLE, is_own);
	if (!begin_record(&record, call, EVENT_SECURITY_INODE_UNLINK, routes))
		return DONE;
	put_path(&record, SECURITY_INODE_UNLINK__PATHNAME, &path);
	put_number(&record, SECURITY_INODE_UNLINK__DEV, FIELD(super, s_dev));
	put_number(&record, SECURITY_INODE_UNLINK__INODE, FIELD(inode, i_ino));
	put_number(&record, SECURITY_INODE_UNLINK__IS_OWN_EXECUTABLE, is_own);
	submit_record(&record);
	return DONE;
}

/* The path is the program's own, as it passed it. */
SHARED int on_unlink_call(struct call *call)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_INODE_UNLINK);
	struct file *executable = own_executable();
	struct inode *inode = FIELD(executable, f_inode);
	struct record record;
	__u64 pathname;
	bool is_own;
	__u8 routes;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SECURITY_INODE_UNLINK);
	if (!in_scope(config))
		return DONE;
	is_own = executable && !FIELD(inode, i_nlink);
	routes = routes_by_argument(event, SECURITY_INODE_UNLINK__IS_OWN_EXECUTABLE, is_own);
	if (!begin_record(&record, call, EVENT_SECURITY_INODE_UNLINK, routes))
		return DONE;
	pathname = EVENT == EVENT_UNLINK ? call->called->arguments[0] : call->called->arguments[1];
	put_user_string(&record, SECURITY_INODE_UNLINK__PATHNAME, (void *)pathname);
	if (is_own)
		put_file_identity(&record, SECURITY_INODE_UNLINK__DEV, SECURITY_INODE_UNLINK__INODE,
				  executable);
	put_number(&record, SECURITY_INODE_UNLINK__IS_OWN_EXECUTABLE, is_own);
	submit_record(&record);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_inode_unlink")
int fentry__security_inode_unlink(__u64 *ctx)
{
	return HAND_TO(on_inode_unlink, PROGRAM_FENTRY__SECURITY_INODE_UNLINK, HOOK_TRAMPOLINE,
		       (void *)ctx[1]);
}
#endif

SEC("kprobe/security_inode_unlink")
int kprobe__security_inode_unlink(struct pt_regs *ctx)
{
	return HAND_TO(on_inode_unlink, PROGRAM_KPROBE__SECURITY_INODE_UNLINK, HOOK_KPROBE,
		       (void *)PT_REGS_PARM2(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/inode_unlink")
int lsm__inode_unlink(__u64 *ctx)
{
	return HAND_TO(on_inode_unlink, PROGRAM_LSM__INODE_UNLINK, HOOK_LSM, (void *)ctx[1]);
}
#endif

#endif
