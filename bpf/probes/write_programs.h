/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ways to what writes.h tells: calls that returned, and programs on the functions. */
#ifndef TRACEE_PROBES_WRITE_PROGRAMS_H
#define TRACEE_PROBES_WRITE_PROGRAMS_H

/*
 * A position in the arguments of a call: pwrite64(fd, buffer, count, position), pwritev(fd, vector, count,
 * position). 32-bit programs pass it in halves; those of arm64 begin with an even register, but for vectors.
 */
static __always_inline __u64 passed_position(const struct call *call, bool is_vector)
{
	const __u64 *arguments = call->called->arguments;

	if (!call->is_compat)
		return arguments[3];
#if defined(__TARGET_ARCH_arm64)
	if (!is_vector)
		return arguments[4] | arguments[5] << 32;
#endif
	return arguments[3] | arguments[4] << 32;
}

/* pwritev2() writes where the file stands. */
#define NO_POSITION ((__u64)-1)

SHARED int on_vfs_write_call(struct call *call)
{
	bool is_vector = EVENT != EVENT_WRITE && EVENT != EVENT_PWRITE64;
	struct file *file = file_of_descriptor(call->called->arguments[0]);
	struct write_request request = {
		.file = file,
		.source = (void *)call->called->arguments[1],
		.count = call->called->arguments[2],
		.written = RESULT,
		.is_vector = is_vector,
		.is_compat = call->is_compat,
	};

	if (!file)
		return DONE;
	request.end = passed_position(call, is_vector);
	if (EVENT == EVENT_WRITE || EVENT == EVENT_WRITEV || request.end == NO_POSITION)
		request.end = FIELD(file, f_pos);
	else if (request.written > 0)
		request.end += request.written;
	if (IS_CARRIED(CHECK_VFS_WRITE | CHECK_VFS_WRITEV))
		FOLLOW(on_vfs_write(call, &request));
	if (IS_CARRIED(CHECK_MAGIC_WRITE))
		FOLLOW(on_magic_write(call, &request));
	return DONE;
}

static __always_inline void on_write_carrier_exit(struct call *call)
{
	if (IS_CARRIED(CHECK_VFS_WRITE | CHECK_VFS_WRITEV | CHECK_MAGIC_WRITE))
		FOLLOW(on_vfs_write_call(call));
}

/* Between the entry of a function and its return, where only a kretprobe tells of that. */
SHARED int keep_write(const struct pending_write *write)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct config *config = get_config();

	if (config && in_scope(config))
		bpf_map_update_elem(&pending_writes, &thread, write, BPF_ANY);
	return DONE;
}

SHARED int on_write_return(struct call *call, __s64 written, __u32 is_vector)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending_write *pending = bpf_map_lookup_elem(&pending_writes, &thread);
	struct config *config = get_config();
	struct write_request request = {
		.written = written, .is_vector = is_vector, .is_compat = is_compat_call()};

	if (!config)
		return DONE;
	if (!pending) {
		prove(config, is_vector ? EVENT_VFS_WRITEV : EVENT_VFS_WRITE);
		return DONE;
	}
	request.file = (struct file *)pending->file;
	request.source = (void *)pending->source;
	request.count = pending->count;
	request.end = read_position(pending->position);
	bpf_map_delete_elem(&pending_writes, &thread);
	return on_write_done(call, &request);
}

#if HAS_TRAMPOLINES
/* A pointer to a number is no argument that a program may read itself before 5.17 (bb6728d75611). */
#define ON_WRITTEN(program_id, result, vector)                                                               \
	({                                                                                                   \
		struct call call = HERE(program_id, HOOK_TRAMPOLINE);                                        \
		struct write_request request = {                                                             \
			.file = (void *)ctx[0],                                                              \
			.source = (void *)ctx[1],                                                            \
			.count = ctx[2],                                                                     \
			.written = (result),                                                                 \
			.is_vector = (vector),                                                               \
			.is_compat = is_compat_call(),                                                       \
		};                                                                                           \
		__u64 position = 0;                                                                          \
		read_kernel(&position, sizeof(position), ctx + 3);                                           \
		request.end = read_position(position);                                                       \
		on_write_done(&call, &request);                                                              \
	})

SEC("fexit/vfs_write")
int fexit__vfs_write(__u64 *ctx)
{
	return ON_WRITTEN(PROGRAM_FEXIT__VFS_WRITE, ctx[4], false);
}

SEC("fexit/vfs_writev")
int fexit__vfs_writev(__u64 *ctx)
{
	return ON_WRITTEN(PROGRAM_FEXIT__VFS_WRITEV, ctx[5], true);
}
#endif

#define ON_WRITE_ENTRY                                                                                       \
	({                                                                                                   \
		struct pending_write write = {PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx),    \
					      PT_REGS_PARM4(ctx)};                                           \
		FOLLOW(keep_write(&write));                                                                  \
		0;                                                                                           \
	})

SEC("kprobe/vfs_write")
int kprobe__vfs_write(struct pt_regs *ctx)
{
	return ON_WRITE_ENTRY;
}

SEC("kretprobe/vfs_write")
int kretprobe__vfs_write(struct pt_regs *ctx)
{
	return HAND_TO(on_write_return, PROGRAM_KRETPROBE__VFS_WRITE, HOOK_KPROBE, PT_REGS_RC(ctx), false);
}

SEC("kprobe/vfs_writev")
int kprobe__vfs_writev(struct pt_regs *ctx)
{
	return ON_WRITE_ENTRY;
}

SEC("kretprobe/vfs_writev")
int kretprobe__vfs_writev(struct pt_regs *ctx)
{
	return HAND_TO(on_write_return, PROGRAM_KRETPROBE__VFS_WRITEV, HOOK_KPROBE, PT_REGS_RC(ctx), true);
}

#endif
