/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths as calls were given them, for kernels where the functions that resolve them cannot be hooked. They
 * are put behind the directory that they start from; links and ".." in them are for the runtime to follow.
 */
#ifndef TRACEE_USER_PATHS_H
#define TRACEE_USER_PATHS_H

/* include/uapi/linux/fcntl.h */
#define AT_FDCWD -100

struct user_path {
	__s32 directory; /* descriptor */
	const void *text;
};

/* Where a path starts: at the process's root, in its directory, or in that of a descriptor. */
static __always_inline struct path *start_of(const struct user_path *path)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fs_struct *fs = FIELD(task, fs);
	struct file *file;
	char first = 0;

	read_user(&first, sizeof(first), path->text);
	if (first == '/')
		return ADDRESS_OF(fs, root);
	if (path->directory == AT_FDCWD)
		return ADDRESS_OF(fs, pwd);
	file = file_of_descriptor(path->directory);
	return file ? file_path(file) : NULL;
}

/* What is given may have been changed since the kernel read it. */
SHARED int put_user_path(struct record *record, __u64 index, const struct user_path *path)
{
	struct path *start = start_of(path);
	__u64 begin = FRESH(record->header->size);
	__u64 end;
	long size;
	char first = 0;

	if (!start)
		return DONE;
	read_user(&first, sizeof(first), path->text);
	/* What a descriptor alone names may have been mounted elsewhere by now: as its file system knows it. */
	if (!append_path(record->program, (__u64)FIELD(start, dentry), first ? (__u64)FIELD(start, mnt) : 0))
		return DONE;
	end = FRESH(record->header->size);
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return DONE;
	record->scratch->bytes[end] = '/';
	size = read_user_str(record->scratch->bytes + end + 1, MAX_STRING_SIZE, path->text);
	/* Without a path it is the start itself. */
	if (size > 1)
		claim(record, size, size, false);
	size = FRESH(record->header->size) - begin;
	put_number(record, index, reference(begin, size, size, false));
	return DONE;
}

/* Whether a rule wants the last component of what a call was given; true where rules do not ask for names. */
SHARED int is_wanted_user_path(__u32 program, __u32 event_id, const void *text)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(event_id);
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct name name = {};
	int is_wanted = 0;
	__u64 length;
	long size;

	if (!event || !scratch)
		return DONE;
	size = read_user_str(scratch->bytes + PATH_BUFFER, MAX_STRING_SIZE, text);
	if (size <= 1)
		goto out;
	FRESH(scratch->count) = 0;
	LOOP
	for (__u64 back = 1; back <= sizeof(name); back++) {
		__u64 at = size - 1 - back;

		KEEP_AS_ONE(at);
		/* Before the first byte it wraps around. */
		if (at >= MAX_STRING_SIZE || scratch->bytes[PATH_BUFFER + at] == '/')
			break;
		FRESH(scratch->count) = back;
	}
	length = FRESH(scratch->count);
	KEEP_AS_ONE(length);
	if (length >= sizeof(name))
		goto out;
	read_user(&name, length, text + (size - 1 - length));
	is_wanted = is_listed(event, &name);
out:
	is_wanted = is_wanted || !event->name_count;
	KEEP_AS_ONE(is_wanted);
	return is_wanted;
}

#endif
