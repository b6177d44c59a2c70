/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading of what could be a script and lies in memory alone: how an interpreter comes to a program
 * that is on no disk.
 *
 *   do_open() -> vfs_open(path, file)   every open by a path, /proc/self/fd/N among them
 *   open() openat() openat2()           where that cannot be hooked
 */
#ifndef TRACEE_PROBES_MEMORY_FILES_H
#define TRACEE_PROBES_MEMORY_FILES_H

/* include/uapi/asm-generic/fcntl.h, include/uapi/linux/stat.h */
#define OPEN_MODE 3
#define OPEN_PATH_ONLY 010000000
#define FILE_TYPE_REGULAR 0100000
#define MAY_BE_EXECUTED 0111

/* A regular file, executable, on a file system in memory: shared memory and the like are not executable. */
static __always_inline bool is_program_in_memory(struct inode *inode, __u32 storage)
{
	unsigned short mode = FIELD(inode, i_mode);

	return (storage == STORAGE_MEMORY || storage == STORAGE_TMPFS) &&
	       (mode & FILE_TYPE) == FILE_TYPE_REGULAR && mode & MAY_BE_EXECUTED;
}

/* `path` is where the file stands, as long as `file` may not know it yet. */
SHARED int on_memory_file_open(struct call *call, struct path *path, struct file *file)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_MEMORY_FILE_OPEN);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct dentry *dentry = FIELD(path, dentry);
	struct inode *inode = FIELD(dentry, d_inode);
	struct super_block *super = FIELD(inode, i_sb);
	__u32 flags = FIELD(file, f_flags);
	__u32 storage = inode_storage(inode);
	struct record record;

	if (!config || !event || !event->routes)
		return DONE;
	prove(config, EVENT_MEMORY_FILE_OPEN);
	if (flags & (OPEN_MODE | OPEN_PATH_ONLY) || !is_program_in_memory(inode, storage) ||
	    !in_scope(config) || !begin_record(&record, call, EVENT_MEMORY_FILE_OPEN, event->routes))
		return DONE;
	put_path(&record, MEMORY_FILE_OPEN__PATHNAME, path);
	put_number(&record, MEMORY_FILE_OPEN__FLAGS, flags);
	put_number(&record, MEMORY_FILE_OPEN__STORAGE, storage);
	put_number(&record, MEMORY_FILE_OPEN__DEV, FIELD(super, s_dev));
	put_number(&record, MEMORY_FILE_OPEN__INODE, FIELD(inode, i_ino));
	put_argument_block(&record, MEMORY_FILE_OPEN__ARGV, FIELD(task, mm));
	submit_record(&record);
	return DONE;
}

SHARED int on_memory_file_call(struct call *call, __s64 descriptor)
{
	struct file *file = file_of_descriptor(descriptor);

	if (file)
		FOLLOW(on_memory_file_open(call, file_path(file), file));
	return DONE;
}

#if HAS_TRAMPOLINES
SEC("fentry/vfs_open")
int fentry__vfs_open(__u64 *ctx)
{
	return HAND_TO(on_memory_file_open, PROGRAM_FENTRY__VFS_OPEN, HOOK_TRAMPOLINE, (void *)ctx[0],
		       (void *)ctx[1]);
}
#endif

SEC("kprobe/vfs_open")
int kprobe__vfs_open(struct pt_regs *ctx)
{
	return HAND_TO(on_memory_file_open, PROGRAM_KPROBE__VFS_OPEN, HOOK_KPROBE, (void *)PT_REGS_PARM1(ctx),
		       (void *)PT_REGS_PARM2(ctx));
}

#endif
