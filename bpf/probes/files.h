/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files, where the kernel's security modules see them.
 *
 *   do_dentry_open() -> security_file_open(file)        every open, after the path was resolved
 *   search_binary_handler() -> security_bprm_check(bprm) every program and every interpreter on the way
 */
#ifndef TRACEE_PROBES_FILES_H
#define TRACEE_PROBES_FILES_H

static __always_inline int on_bprm_check(void *ctx, struct linux_binprm *bprm, __u32 program,
					  __u8 hook)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_BPRM_CHECK);
	struct record record;
	struct file *file;

	if (!config || !event || !event->routes)
		return 0;
	prove(config, EVENT_SECURITY_BPRM_CHECK);
	if (!in_scope(config) ||
	    !begin_record(&record, ctx, config, event, program, EVENT_SECURITY_BPRM_CHECK, hook))
		return 0;
	file = FIELD(bprm, file);
	put_path(&record, SECURITY_BPRM_CHECK__PATHNAME, file_path(file));
	put_file_identity(&record, SECURITY_BPRM_CHECK__DEV, SECURITY_BPRM_CHECK__INODE, file);
	put_number(&record, SECURITY_BPRM_CHECK__STORAGE, file_storage(file));
	put_number(&record, SECURITY_BPRM_CHECK__SIZE, file_size(file));
	submit_record(config, event, &record);
	return 0;
}

static __always_inline int on_file_open(void *ctx, struct file *file, __u32 program, __u8 hook)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_FILE_OPEN);
	struct record record;
	__u8 routes;

	if (!config || !event || !event->routes)
		return 0;
	prove(config, EVENT_SECURITY_FILE_OPEN);
	if (!in_scope(config))
		return 0;
	if (IS_SELECTED(CHECK_SECURITY_MMAP_FILE))
		remember_writer(file);
	routes = routes_by_name(event, FIELD(file, f_path.dentry));
	if (!routes ||
	    !begin_record(&record, ctx, config, event, program, EVENT_SECURITY_FILE_OPEN, hook))
		return 0;
	record.header->routes = routes;
	put_path(&record, SECURITY_FILE_OPEN__PATHNAME, file_path(file));
	put_number(&record, SECURITY_FILE_OPEN__FLAGS, FIELD(file, f_flags));
	put_file_identity(&record, SECURITY_FILE_OPEN__DEV, SECURITY_FILE_OPEN__INODE, file);
	submit_record(config, event, &record);
	return 0;
}

SHARED int on_file_call(struct call *call, __s64 descriptor)
{
	struct file *file = file_of_descriptor(descriptor);

	if (file)
		on_file_open(call->ctx, file, call->program, call->hook);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_bprm_check")
int fentry__security_bprm_check(__u64 *ctx)
{
	return on_bprm_check(ctx, (void *)ctx[0], PROGRAM_FENTRY__SECURITY_BPRM_CHECK, HOOK_TRAMPOLINE);
}
#endif

SEC("kprobe/security_bprm_check")
int kprobe__security_bprm_check(struct pt_regs *ctx)
{
	return on_bprm_check(ctx, (void *)PT_REGS_PARM1(ctx), PROGRAM_KPROBE__SECURITY_BPRM_CHECK,
			     HOOK_KPROBE);
}

#if HAS_BPF_LSM
SEC("lsm/bprm_check_security")
int lsm__bprm_check_security(__u64 *ctx)
{
	return on_bprm_check(ctx, (void *)ctx[0], PROGRAM_LSM__BPRM_CHECK_SECURITY, HOOK_LSM);
}
#endif

#if HAS_TRAMPOLINES
SEC("fentry/security_file_open")
int fentry__security_file_open(__u64 *ctx)
{
	return on_file_open(ctx, (void *)ctx[0], PROGRAM_FENTRY__SECURITY_FILE_OPEN, HOOK_TRAMPOLINE);
}
#endif

SEC("kprobe/security_file_open")
int kprobe__security_file_open(struct pt_regs *ctx)
{
	return on_file_open(ctx, (void *)PT_REGS_PARM1(ctx), PROGRAM_KPROBE__SECURITY_FILE_OPEN, HOOK_KPROBE);
}

#if HAS_BPF_LSM
SEC("lsm/file_open")
int lsm__file_open(__u64 *ctx)
{
	return on_file_open(ctx, (void *)ctx[0], PROGRAM_LSM__FILE_OPEN, HOOK_LSM);
}
#endif

#endif
