/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events of access.h and bpf_objects.h where only system calls are seen. */
#ifndef TRACEE_PROBES_ACCESS_CALLS_H
#define TRACEE_PROBES_ACCESS_CALLS_H

/* include/uapi/linux/stat.h */
#define FILE_TYPE_CHARACTER 0020000
#define FILE_TYPE_BLOCK 0060000
#define FILE_TYPE_PIPE 0010000

/* Errors that bpf() gives before it asks whether the command is allowed (include/uapi/asm-generic/errno-base.h). */
#define ERROR_NOT_PERMITTED -1
#define ERROR_TOO_BIG -7

/* A device as callers number it, in the kernel's own encoding: new_decode_dev() in include/linux/kdev_t.h. */
static __always_inline __u32 decoded_device(__u32 device)
{
	__u32 major = (device >> 8) & 0xfff;
	__u32 minor = (device & 0xff) | ((device >> 12) & 0xfff00);

	return major << 20 | minor;
}

/* Others than these are made as by open(). */
static __always_inline bool is_made_by_mknod(__u32 mode)
{
	__u32 type = mode & FILE_TYPE;

	return type == FILE_TYPE_CHARACTER || type == FILE_TYPE_BLOCK || type == FILE_TYPE_PIPE ||
	       type == FILE_TYPE_SOCKET;
}

SHARED int on_mknod_call(struct call *call)
{
	struct event_config *event = look_up(EVENT_SECURITY_INODE_MKNOD);
	bool is_at = EVENT == EVENT_MKNODAT;
	struct user_path path = {
		.directory = is_at ? call->called->arguments[0] : AT_FDCWD,
		.text = (void *)(is_at ? call->called->arguments[1] : call->called->arguments[0]),
	};
	__u32 mode = is_at ? call->called->arguments[2] : call->called->arguments[1];
	__u32 device = is_at ? call->called->arguments[3] : call->called->arguments[2];
	struct record record;
	int is_wanted;

	if (!event || !is_made_by_mknod(mode))
		return DONE;
	is_wanted = is_wanted_user_path(call->program, EVENT_SECURITY_INODE_MKNOD, path.text);
	if (!begin_wanted(&record, call, EVENT_SECURITY_INODE_MKNOD, routes_where(event, is_wanted)))
		return DONE;
	FOLLOW(put_user_path(&record, SECURITY_INODE_MKNOD__FILE_NAME, &path));
	put_number(&record, SECURITY_INODE_MKNOD__MODE, mode & 0xffff);
	put_number(&record, SECURITY_INODE_MKNOD__DEV, decoded_device(device));
	submit_record(&record);
	return DONE;
}

static __always_inline void on_access_carrier_exit(struct call *call)
{
	if (IS_CARRIED(CHECK_SECURITY_INODE_MKNOD) && HAS_SUCCEEDED)
		FOLLOW(on_mknod_call(call));
	/* Whatever came of it: it is asked for first of all. */
	if (IS_CARRIED(CHECK_SECURITY_TASK_PRCTL))
		FOLLOW(on_task_prctl(call, call->called->arguments));
	if (IS_CARRIED(CHECK_SECURITY_BPF) && RESULT != ERROR_NOT_PERMITTED && RESULT != ERROR_TOO_BIG &&
	    RESULT != ERROR_BAD_ADDRESS)
		FOLLOW(on_bpf(call, call->called->arguments[0]));
}

#endif
