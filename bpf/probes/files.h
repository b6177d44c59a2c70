/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files, where the kernel's security modules see them.
 *
 *   do_dentry_open() -> security_file_open(file)        every open, after the path was resolved
 *   search_binary_handler() -> security_bprm_check(bprm) every program and every interpreter on the
 * way
 */
#ifndef TRACEE_PROBES_FILES_H
#define TRACEE_PROBES_FILES_H

SHARED int on_bprm_check(struct call *call, struct linux_binprm *bprm)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_BPRM_CHECK);
	struct record record;
	struct file *file;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SECURITY_BPRM_CHECK);
	if (!in_scope(config) || !begin_record(&record, call, EVENT_SECURITY_BPRM_CHECK, event->routes))
		return DONE;
	file = FIELD(bprm, file);
	put_path(&record, SECURITY_BPRM_CHECK__PATHNAME, file_path(file));
	put_file_identity(&record, SECURITY_BPRM_CHECK__DEV, SECURITY_BPRM_CHECK__INODE, file);
	put_number(&record, SECURITY_BPRM_CHECK__STORAGE, file_storage(file));
	put_number(&record, SECURITY_BPRM_CHECK__SIZE, file_size(file));
	submit_record(&record);
	return DONE;
}

SHARED int on_file_open(struct call *call, struct file *file)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_FILE_OPEN);
	struct record record;
	__u8 routes;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_SECURITY_FILE_OPEN);
	if (!in_scope(config))
		return DONE;
	if (IS_SELECTED(CHECK_SECURITY_MMAP_FILE))
		remember_writer(file);
	routes = routes_by_name(event, FIELD(file, f_path.dentry));
	if (!begin_record(&record, call, EVENT_SECURITY_FILE_OPEN, routes))
		return DONE;
	put_path(&record, SECURITY_FILE_OPEN__PATHNAME, file_path(file));
	put_number(&record, SECURITY_FILE_OPEN__FLAGS, FIELD(file, f_flags));
	put_file_identity(&record, SECURITY_FILE_OPEN__DEV, SECURITY_FILE_OPEN__INODE, file);
	submit_record(&record);
	return DONE;
}

SHARED int on_file_call(struct call *call, __s64 descriptor)
{
	struct file *file = file_of_descriptor(descriptor);

	if (file)
		FOLLOW(on_file_open(call, file));
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_bprm_check")
int fentry__security_bprm_check(__u64 *ctx)
{
	return HAND_TO(on_bprm_check, PROGRAM_FENTRY__SECURITY_BPRM_CHECK, HOOK_TRAMPOLINE, (void *)ctx[0]);
}
#endif

SEC("kprobe/security_bprm_check")
int kprobe__security_bprm_check(struct pt_regs *ctx)
{
	return HAND_TO(on_bprm_check, PROGRAM_KPROBE__SECURITY_BPRM_CHECK, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/bprm_check_security")
int lsm__bprm_check_security(__u64 *ctx)
{
	return HAND_TO(on_bprm_check, PROGRAM_LSM__BPRM_CHECK_SECURITY, HOOK_LSM, (void *)ctx[0]);
}
#endif

#if HAS_TRAMPOLINES
SEC("fentry/security_file_open")
int fentry__security_file_open(__u64 *ctx)
{
	return HAND_TO(on_file_open, PROGRAM_FENTRY__SECURITY_FILE_OPEN, HOOK_TRAMPOLINE, (void *)ctx[0]);
}
#endif

SEC("kprobe/security_file_open")
int kprobe__security_file_open(struct pt_regs *ctx)
{
	return HAND_TO(on_file_open, PROGRAM_KPROBE__SECURITY_FILE_OPEN, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx));
}

#if HAS_BPF_LSM
SEC("lsm/file_open")
int lsm__file_open(__u64 *ctx)
{
	return HAND_TO(on_file_open, PROGRAM_LSM__FILE_OPEN, HOOK_LSM, (void *)ctx[0]);
}
#endif

#endif
