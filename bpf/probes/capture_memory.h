/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture of memory that could be written and becomes executable, as it is at that moment.
 *
 *   mprotect, pkey_mprotect -> security_file_mprotect(vma, reqprot, prot)     once for each area in the range
 */
#ifndef TRACEE_PROBES_CAPTURE_MEMORY_H
#define TRACEE_PROBES_CAPTURE_MEMORY_H

/* Begins at `start`; `file` may be NULL. Pages that were never touched are not there, and are passed over. */
static __always_inline void capture_memory(struct call *call, struct file *file, __u64 start, __u64 length)
{
	struct capture_place *place;

	if (!begin_capture(call->program, CAPTURE_MEM, call->hook))
		return;
	place = take_capture_place(call->program);
	if (!place)
		return;
	if (file)
		put_capture_file(place, call->program, file);
	FRESH(place->source) = start;
	FRESH(place->left) = length;
	FRESH(place->is_sparse) = true;
	send_capture(call->ctx, place, call->program, length);
}

SHARED int on_capture_mprotect(struct call *call, struct vm_area_struct *area, __u64 prot)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 arguments[6] = {};
	__u64 before, start, end;

	if (!(prot & PROTECTION_EXEC) || prot & PROTECTION_WRITE)
		return DONE;
	before = FIELD(area, vm_flags);
	if (!(before & AREA_WRITE) && (before & AREA_EXEC || !FIELD(area, anon_vma)))
		return DONE;
	/* Of the area, what the call is about. */
	syscall_arguments(task_user_regs(task), task_is_compat(task), arguments);
	start = FIELD(area, vm_start);
	end = FIELD(area, vm_end);
	if (arguments[0] > start && arguments[0] < end)
		start = arguments[0];
	if (arguments[0] + arguments[1] > start && arguments[0] + arguments[1] < end)
		end = arguments[0] + arguments[1];
	capture_memory(call, FIELD(area, vm_file), start, end - start);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_file_mprotect")
int fentry__capture_mprotect(__u64 *ctx)
{
	return HAND_TO(on_capture_mprotect, PROGRAM_FENTRY__CAPTURE_MPROTECT, HOOK_TRAMPOLINE, (void *)ctx[0],
		       ctx[2]);
}
#endif

SEC("kprobe/security_file_mprotect")
int kprobe__capture_mprotect(struct pt_regs *ctx)
{
	return HAND_TO(on_capture_mprotect, PROGRAM_KPROBE__CAPTURE_MPROTECT, HOOK_KPROBE,
		       (void *)PT_REGS_PARM1(ctx), PT_REGS_PARM3(ctx));
}

#endif
