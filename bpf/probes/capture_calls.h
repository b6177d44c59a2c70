/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The captures of files, memory and modules where only system calls are seen: when they return. */
#ifndef TRACEE_PROBES_CAPTURE_CALLS_H
#define TRACEE_PROBES_CAPTURE_CALLS_H

/* O_APPEND (include/uapi/asm-generic/fcntl.h); pwrite() and pwritev2() of the place where the file stands. */
#define OPEN_APPEND 02000
#define CURRENT_PLACE (-1ULL)

/* Where a write began that has ended. What others have written meanwhile is not known. */
static __always_inline __u64 start_of_write(struct file *file, __u64 asked, __u64 written)
{
	__u64 end = FIELD(file, f_pos);

	if (asked != CURRENT_PLACE) {
		if (!(FIELD(file, f_flags) & OPEN_APPEND))
			return asked;
		end = file_size(file);
	}
	return end >= written ? end - written : 0;
}

SHARED int on_write_call(struct call *call, const __u64 *arguments, __u32 kind, __u64 written)
{
	struct asked_write write = {.file = file_of_descriptor(arguments[0]), .source = arguments[1]};
	__u64 asked = CURRENT_PLACE;

	if (!write.file)
		return DONE;
	if (kind == CAPTURE_CALL_WRITEV || kind == CAPTURE_CALL_PWRITEV)
		write.vectors = arguments[2];
	if (kind == CAPTURE_CALL_PWRITE || kind == CAPTURE_CALL_PWRITEV) {
		asked = arguments[3];
		/* Two halves, which pwritev2() makes -1 of as well. */
		if (call->is_compat)
			asked |= arguments[4] << 32;
	}
	capture_written(call, &write, start_of_write(write.file, asked, written), written);
	return DONE;
}

/* The areas are not known from here: all that becomes executable and cannot be written any more. */
SHARED int on_mprotect_call(struct call *call, const __u64 *arguments)
{
	if (arguments[2] & PROTECTION_EXEC && !(arguments[2] & PROTECTION_WRITE))
		capture_memory(call, NULL, arguments[0], arguments[1]);
	return DONE;
}

/* The caller's memory, as it is when the module was loaded. */
SHARED int on_init_module_call(struct call *call, const __u64 *arguments)
{
	struct capture_place *place;

	if (!begin_capture(call->program, CAPTURE_MODULE, call->hook))
		return DONE;
	place = take_capture_place(call->program);
	if (!place)
		return DONE;
	FRESH(place->source) = arguments[0];
	FRESH(place->left) = arguments[1];
	FRESH(place->is_sparse) = true;
	send_capture(call->ctx, place, call->program, arguments[1]);
	return DONE;
}

/* Which file: the runtime copies it. */
SHARED int on_finit_module_call(struct call *call, const __u64 *arguments)
{
	struct file *file = file_of_descriptor(arguments[0]);
	struct capture_place *place;

	if (!file || !begin_capture(call->program, CAPTURE_MODULE, call->hook))
		return DONE;
	place = take_capture_place(call->program);
	if (!place)
		return DONE;
	put_capture_file(place, call->program, file);
	place->header.part = PART_FILE;
	place->header.flags |= CAPTURED_BY_FILE;
	place->header.descriptor = arguments[0];
	place->header.total = file_size(file);
	emit_capture(call->ctx, place, place->header.total);
	return DONE;
}

/* Every call of the machine comes here: most leave at the first question. */
static __always_inline int on_capture_call(struct call *call, __s64 result)
{
	struct capture_config *config = get_capture_config();
	__u64 arguments[6] = {};
	__u64 number = syscall_number(call->regs);
	__u32 kind;

	KEEP_AS_ONE(number);
	if (!config || result < 0 || number >= MAX_SYSCALLS)
		return 0;
	/* Numbers that neither interface has anything for. */
	if (!config->calls[number] && !config->calls[number + MAX_SYSCALLS])
		return 0;
	call->is_compat = task_is_compat((struct task_struct *)bpf_get_current_task());
	kind = config->calls[number + (call->is_compat ? MAX_SYSCALLS : 0)];
	syscall_arguments(call->regs, call->is_compat, arguments);
	if (kind >= CAPTURE_CALL_WRITE && kind <= CAPTURE_CALL_PWRITEV && result)
		FOLLOW(on_write_call(call, arguments, kind, result));
	if (kind == CAPTURE_CALL_MPROTECT)
		FOLLOW(on_mprotect_call(call, arguments));
	if (kind == CAPTURE_CALL_INIT_MODULE)
		FOLLOW(on_init_module_call(call, arguments));
	if (kind == CAPTURE_CALL_FINIT_MODULE)
		FOLLOW(on_finit_module_call(call, arguments));
	return 0;
}

#if HAS_TRAMPOLINES
SEC("tp_btf/sys_exit")
int tp_btf__capture_calls(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_TP_BTF__CAPTURE_CALLS, HOOK_TP_BTF);

	call.regs = (void *)ctx[0];
	return on_capture_call(&call, ctx[1]);
}
#endif

SEC("raw_tp/sys_exit")
int raw_tp__capture_calls(__u64 *ctx)
{
	struct call call = HERE(PROGRAM_RAW_TP__CAPTURE_CALLS, HOOK_RAW_TRACEPOINT);

	call.regs = (void *)ctx[0];
	return on_capture_call(&call, ctx[1]);
}

#endif
