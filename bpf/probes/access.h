/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a process does with others, with itself, and with what it is given.
 *
 *   ptrace(), process_vm_readv(), files of /proc/PID -> security_ptrace_access_check(task, mode)
 *   prctl() -> security_task_prctl(option, arguments)
 *   mknod(), bind() of a unix socket -> security_inode_mknod(directory, dentry, mode, device)
 *   recvmsg(), pidfd_getfd() and others -> security_file_receive(file)
 */
#ifndef TRACEE_PROBES_ACCESS_H
#define TRACEE_PROBES_ACCESS_H

SHARED int on_ptrace_access(struct call *call, struct task_struct *task, __u32 mode)
{
	struct event_config *event = look_up(EVENT_SECURITY_PTRACE_ACCESS_CHECK);
	struct task_struct *target = FIELD(task, group_leader);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_PTRACE_ACCESS_CHECK,
				    routes_by_argument(event, SECURITY_PTRACE_ACCESS_CHECK__MODE, mode)))
		return DONE;
	put_number(&record, SECURITY_PTRACE_ACCESS_CHECK__TARGET_PID, FIELD(target, tgid));
	put_number(&record, SECURITY_PTRACE_ACCESS_CHECK__TARGET_NS_PID, task_ns_tid(target));
	put_kernel_string(&record, SECURITY_PTRACE_ACCESS_CHECK__TARGET_COMM, ADDRESS_OF(target, comm));
	put_number(&record, SECURITY_PTRACE_ACCESS_CHECK__MODE, mode);
	submit_record(&record);
	return DONE;
}

SHARED int on_task_prctl(struct call *call, const __u64 *arguments)
{
	struct event_config *event = look_up(EVENT_SECURITY_TASK_PRCTL);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_TASK_PRCTL,
				    routes_by_argument(event, SECURITY_TASK_PRCTL__OPTION, arguments[0])))
		return DONE;
	put_number(&record, SECURITY_TASK_PRCTL__OPTION, (__s64)(__s32)arguments[0]);
	put_number(&record, SECURITY_TASK_PRCTL__ARG2, arguments[1]);
	put_number(&record, SECURITY_TASK_PRCTL__ARG3, arguments[2]);
	put_number(&record, SECURITY_TASK_PRCTL__ARG4, arguments[3]);
	put_number(&record, SECURITY_TASK_PRCTL__ARG5, arguments[4]);
	submit_record(&record);
	return DONE;
}

SHARED int on_inode_mknod(struct call *call, struct dentry *dentry, __u32 mode, __u32 device)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_MKNOD);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_INODE_MKNOD, routes_by_name(event, dentry)))
		return DONE;
	put_dentry_path(&record, SECURITY_INODE_MKNOD__FILE_NAME, dentry);
	put_number(&record, SECURITY_INODE_MKNOD__MODE, mode & 0xffff);
	put_number(&record, SECURITY_INODE_MKNOD__DEV, device);
	put_directory(&record, SECURITY_INODE_MKNOD__FILE_SYSTEM, SECURITY_INODE_MKNOD__DIRECTORY, dentry);
	submit_record(&record);
	return DONE;
}

SHARED int on_file_receive(struct call *call, struct file *file)
{
	struct event_config *event = look_up(EVENT_SECURITY_FILE_RECEIVE);
	struct inode *inode = FIELD(file, f_inode);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_SECURITY_FILE_RECEIVE,
				    routes_by_name(event, FIELD(file, f_path.dentry))))
		return DONE;
	put_path(&record, SECURITY_FILE_RECEIVE__PATHNAME, file_path(file));
	put_number(&record, SECURITY_FILE_RECEIVE__FLAGS, FIELD(file, f_flags));
	put_file_identity(&record, SECURITY_FILE_RECEIVE__DEV, SECURITY_FILE_RECEIVE__INODE, file);
	put_number(&record, SECURITY_FILE_RECEIVE__MODE, FIELD(inode, i_mode));
	submit_record(&record);
	return DONE;
}

#endif
