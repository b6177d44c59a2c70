/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture of what is written to files.
 *
 *   write, pwrite -> vfs_write(file, data, length, position)
 *   writev, pwritev, pwritev2 -> vfs_writev(file, vectors, count, position, flags)
 *
 * The bytes are the caller's memory when the function returns. What reaches a file on other ways does not
 * pass here: mappings, splice, sendfile, copy_file_range, io_uring and aio.
 */
#ifndef TRACEE_PROBES_CAPTURE_WRITE_H
#define TRACEE_PROBES_CAPTURE_WRITE_H

/* A write, as it was asked for. */
struct asked_write {
	struct file *file;
	__u64 source; /* address of the bytes, or of the vector */
	__u64 vectors;
	__u64 position; /* address of the position in the file; 0 where it has none */
};

/* By task: calls whose functions are seen on entry and on return. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct asked_write);
} asked_writes SEC(".maps");

/* "/dev/nul", as a little-endian number; "l" follows. */
#define NULL_DEVICE 0x6c756e2f7665642fULL

/* Whether the path in its place is one that was asked for. */
VERIFIED_ONCE int is_wanted_capture(__u64 program)
{
	struct capture_place *place = take_capture_place(program);
	struct capture_config *config = get_capture_config();
	__u64 *words;
	int is_wanted;

	if (!place || !config)
		return DONE;
	words = (__u64 *)place->bytes;
	if (words[0] == NULL_DEVICE && place->bytes[8] == 'l' && FRESH(place->header.length) > 8)
		place->header.flags |= CAPTURED_NULL_DEVICE;
	is_wanted = !config->prefixes;
#pragma unroll
	for (__u32 i = 0; i < MAX_CAPTURE_PREFIXES; i++) {
		__u64 differs = 0;

#pragma unroll
		for (__u32 word = 0; word < MAX_CAPTURE_PREFIX_WORDS; word++)
			differs |= (words[word] ^ config->prefix_words[MAX_CAPTURE_PREFIX_WORDS * i + word]) &
				   config->prefix_masks[MAX_CAPTURE_PREFIX_WORDS * i + word];
		if (i < config->prefixes && !differs &&
		    FRESH(place->header.length) >= config->prefix_lengths[i])
			is_wanted = 1;
	}
	KEEP_AS_ONE(is_wanted);
	return is_wanted;
}

/* What has been written, from which place in the file on. */
static __always_inline void capture_written(struct call *call, const struct asked_write *write, __u64 start,
					    __u64 length)
{
	struct capture_place *place;

	if (!begin_capture(call->program, CAPTURE_WRITE, call->hook))
		return;
	place = take_capture_place(call->program);
	if (!place)
		return;
	place->header.offset = start;
	put_capture_file(place, call->program, write->file);
	if (!is_wanted_capture(call->program))
		return;
	if (write->vectors) {
		FRESH(place->vector) = write->source;
		FRESH(place->vectors) = write->vectors;
		FRESH(place->is_compat) = task_is_compat((struct task_struct *)bpf_get_current_task());
	} else {
		FRESH(place->source) = write->source;
		FRESH(place->left) = length;
	}
	send_capture(call->ctx, place, call->program, length);
}

/* The position has moved to the end of what was written, also where that was appended. */
SHARED int on_written(struct call *call, const struct asked_write *write, __s64 written)
{
	__u64 end = 0;

	if (written <= 0)
		return DONE;
	if (write->position)
		read_kernel(&end, sizeof(end), (void *)write->position);
	capture_written(call, write, end >= written ? end - written : 0, written);
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fexit/vfs_write")
int fexit__capture_write(__u64 *ctx)
{
	struct asked_write write = {.file = (void *)ctx[0], .source = ctx[1]};

	/* See fentry__mem_write. */
	read_kernel(&write.position, sizeof(write.position), ctx + 3);
	return HAND_TO(on_written, PROGRAM_FEXIT__CAPTURE_WRITE, HOOK_TRAMPOLINE, &write, ctx[4]);
}

SEC("fexit/vfs_writev")
int fexit__capture_writev(__u64 *ctx)
{
	struct asked_write write = {.file = (void *)ctx[0], .source = ctx[1], .vectors = ctx[2]};

	read_kernel(&write.position, sizeof(write.position), ctx + 3);
	return HAND_TO(on_written, PROGRAM_FEXIT__CAPTURE_WRITEV, HOOK_TRAMPOLINE, &write, ctx[5]);
}
#endif

static __always_inline int remember_write(const struct asked_write *write)
{
	__u64 task = bpf_get_current_task();
	struct config *config = get_config();

	if (config && in_scope(config))
		bpf_map_update_elem(&asked_writes, &task, write, BPF_ANY);
	return 0;
}

SEC("kprobe/vfs_write")
int kprobe__capture_write(struct pt_regs *ctx)
{
	struct asked_write write = {
		.file = (void *)PT_REGS_PARM1(ctx),
		.source = PT_REGS_PARM2(ctx),
		.position = PT_REGS_PARM4(ctx),
	};

	return remember_write(&write);
}

SEC("kprobe/vfs_writev")
int kprobe__capture_writev(struct pt_regs *ctx)
{
	struct asked_write write = {
		.file = (void *)PT_REGS_PARM1(ctx),
		.source = PT_REGS_PARM2(ctx),
		.vectors = PT_REGS_PARM3(ctx),
		.position = PT_REGS_PARM4(ctx),
	};

	return remember_write(&write);
}

/* Of both functions. */
SEC("kretprobe/vfs_write")
int kretprobe__capture_write(struct pt_regs *ctx)
{
	struct call call = HERE(PROGRAM_KRETPROBE__CAPTURE_WRITE, HOOK_KPROBE);
	__u64 task = bpf_get_current_task();
	struct asked_write *found = bpf_map_lookup_elem(&asked_writes, &task);
	struct asked_write write;

	if (!found)
		return 0;
	write = *found;
	bpf_map_delete_elem(&asked_writes, &task);
	FOLLOW(on_written(&call, &write, PT_REGS_RC(ctx)));
	return 0;
}

#endif
