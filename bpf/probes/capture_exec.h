/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture of programs that are started: which file it is. The runtime opens it at once and copies it, as long
 * as the process lives or the file is where it was.
 */
#ifndef TRACEE_PROBES_CAPTURE_EXEC_H
#define TRACEE_PROBES_CAPTURE_EXEC_H

/* The name that a script was started by, put behind the directory that it starts from. */
static __always_inline void put_script_name(struct capture_place *place, __u64 program, const char *name)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fs_struct *fs = FIELD(task, fs);
	struct path *pwd = ADDRESS_OF(fs, pwd);
	__u64 start = 0;
	char first = 0;
	long size;

	FRESH(place->header.length) = 0;
	read_kernel(&first, sizeof(first), name);
	if (first != '/') {
		FOLLOW(put_capture_path(program, (__u64)FIELD(pwd, dentry), (__u64)FIELD(pwd, mnt)));
		start = FRESH(place->header.length);
		KEEP_AS_ONE(start);
		if (start > MAX_STRING_SIZE)
			return;
		place->bytes[start] = '/';
		start += 1;
	}
	size = read_kernel_str(place->bytes + start, MAX_STRING_SIZE, name);
	FRESH(place->header.length) = size > 1 ? start + size - 1 : 0;
}

SHARED int on_capture_exec(struct call *call, struct linux_binprm *bprm)
{
	struct capture_place *place;
	struct file *file = FIELD(bprm, file);
	const char *name = FIELD(bprm, filename);

	if (!begin_capture(call->program, CAPTURE_EXEC, call->hook))
		return DONE;
	place = take_capture_place(call->program);
	if (!place)
		return DONE;
	put_capture_file(place, call->program, file);
	place->header.part = PART_FILE;
	place->header.flags |= CAPTURED_BY_FILE;
	place->header.total = file_size(file);
	emit_capture(call->ctx, place, place->header.total);
	/* Of a script the interpreter is the program; it was started by another name (bprm_change_interp()). */
	if (FIELD(bprm, interp) == name)
		return DONE;
	put_script_name(place, call->program, name);
	if (!FRESH(place->header.length))
		return DONE;
	place->header.part = PART_SCRIPT;
	place->header.total = 0;
	place->header.inode = 0;
	place->header.dev = 0;
	emit_capture(call->ctx, place, 1);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sched_process_exec")
int tp_btf__capture_exec(__u64 *ctx)
{
	return HAND_TO(on_capture_exec, PROGRAM_TP_BTF__CAPTURE_EXEC, HOOK_TP_BTF, (void *)ctx[2]);
}
#endif

SEC("raw_tp/sched_process_exec")
int raw_tp__capture_exec(__u64 *ctx)
{
	return HAND_TO(on_capture_exec, PROGRAM_RAW_TP__CAPTURE_EXEC, HOOK_RAW_TRACEPOINT, (void *)ctx[2]);
}

#endif
