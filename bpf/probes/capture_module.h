/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture of kernel modules, as the kernel has them in its memory before it looks at them.
 *
 *   init_module -> security_kernel_post_load_data(image, size, kind, description)
 *   finit_module -> security_kernel_post_read_file(file, image, size, kind)
 */
#ifndef TRACEE_PROBES_CAPTURE_MODULE_H
#define TRACEE_PROBES_CAPTURE_MODULE_H

/* `file` may be NULL. */
static __always_inline void capture_module(struct call *call, struct file *file, __u64 image, __u64 size)
{
	struct capture_place *place;

	if (!begin_capture(call->program, CAPTURE_MODULE, call->hook))
		return;
	place = take_capture_place(call->program);
	if (!place)
		return;
	if (file)
		put_capture_file(place, call->program, file);
	FRESH(place->source) = image;
	FRESH(place->left) = size;
	FRESH(place->is_kernel) = true;
	send_capture(call->ctx, place, call->program, size);
}

struct module_image {
	struct file *file;
	__u64 address;
	__u64 size;
};

SHARED int on_capture_module(struct call *call, const struct module_image *image, __u32 kind)
{
	if (kind == KIND_MODULE)
		capture_module(call, image->file, image->address, image->size);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/security_kernel_post_load_data")
int fentry__capture_load_data(__u64 *ctx)
{
	struct module_image image = {.size = ctx[1]};

	read_kernel(&image.address, sizeof(image.address), ctx);
	return HAND_TO(on_capture_module, PROGRAM_FENTRY__CAPTURE_LOAD_DATA, HOOK_TRAMPOLINE, &image,
		       load_data_kind(ctx[2]));
}

SEC("fentry/security_kernel_post_read_file")
int fentry__capture_read_file(__u64 *ctx)
{
	struct module_image image = {.file = (void *)ctx[0], .size = ctx[2]};

	read_kernel(&image.address, sizeof(image.address), ctx + 1);
	return HAND_TO(on_capture_module, PROGRAM_FENTRY__CAPTURE_READ_FILE, HOOK_TRAMPOLINE, &image,
		       read_file_kind(ctx[3]));
}
#endif

SEC("kprobe/security_kernel_post_load_data")
int kprobe__capture_load_data(struct pt_regs *ctx)
{
	struct module_image image = {.address = PT_REGS_PARM1(ctx), .size = PT_REGS_PARM2(ctx)};

	return HAND_TO(on_capture_module, PROGRAM_KPROBE__CAPTURE_LOAD_DATA, HOOK_KPROBE, &image,
		       load_data_kind(PT_REGS_PARM3(ctx)));
}

SEC("kprobe/security_kernel_post_read_file")
int kprobe__capture_read_file(struct pt_regs *ctx)
{
	struct module_image image = {
		.file = (void *)PT_REGS_PARM1(ctx),
		.address = PT_REGS_PARM2(ctx),
		.size = PT_REGS_PARM3(ctx),
	};

	return HAND_TO(on_capture_module, PROGRAM_KPROBE__CAPTURE_READ_FILE, HOOK_KPROBE, &image,
		       read_file_kind(PT_REGS_PARM4(ctx)));
}

#endif
