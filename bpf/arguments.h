/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was passed: writes arguments into a record. Numbers go into slots, bytes behind the record's end. */
#ifndef TRACEE_ARGUMENTS_H
#define TRACEE_ARGUMENTS_H

/* A record under construction in a program's scratch slot. */
struct record {
	void *ctx; /* of the program, for the perf buffer */
	struct record_header *header;
	__u8 *bytes; /* the same memory, SCRATCH_SIZE of it */
	__u64 end;   /* bytes in use */
};

static __always_inline void put_number(struct record *record, __u32 index, __u64 value)
{
	if (index >= MAX_ARGUMENTS)
		return;
	record->header->slots[index] = value;
	record->header->arguments |= 1 << index;
}

/* A slot that refers to bytes. `full` is how many bytes or strings there were, 0 where nobody knows. */
static __always_inline __u64 reference(__u64 offset, __u64 length, __u32 full, bool is_cut)
{
	return offset | length << 16 | (__u64)(full | (is_cut ? CUT_BIT : 0)) << 32;
}

/* Takes `length` bytes that lie at the record's end; cuts what stands over the record's limit. */
static __always_inline __u64 claim(struct record *record, __u64 length, __u32 full, bool is_cut)
{
	__u64 start = record->end;

	if (start + length > MAX_RECORD_SIZE) {
		length = MAX_RECORD_SIZE - start;
		is_cut = true;
	}
	record->end = start + length;
	return reference(start, length, full, is_cut);
}

/* Whether a string that fills its buffer goes on in the source. */
static __always_inline bool user_string_goes_on(const void *source)
{
	char next = 0;

	read_user(&next, sizeof(next), source + MAX_STRING_SIZE - 1);
	return next;
}

static __always_inline void put_user_string(struct record *record, __u32 index, const void *source)
{
	__u64 end = record->end;
	bool is_cut = false;
	long size;

	if (!source || index >= MAX_ARGUMENTS)
		return;
	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	size = read_user_str(record->bytes + end, MAX_STRING_SIZE, source);
	if (size <= 0)
		return;
	if (size == MAX_STRING_SIZE)
		is_cut = user_string_goes_on(source);
	put_number(record, index, claim(record, size - 1, is_cut ? 0 : size - 1, is_cut));
}

/* A string of the kernel's own, such as bprm->filename. */
static __always_inline void put_kernel_string(struct record *record, __u32 index, const void *source)
{
	__u64 end = record->end;
	long size;

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	size = read_kernel_str(record->bytes + end, MAX_STRING_SIZE, source);
	if (size <= 0)
		return;
	put_number(record, index, claim(record, size - 1, size - 1, false));
}

/* An array of string pointers that ends with NULL (argv, envp), in the caller's width. */
static __always_inline void put_user_strings(struct record *record, __u32 index, const void *source,
					     bool is_compat)
{
	__u64 start = record->end;
	__u32 width = is_compat ? 4 : 8;
	bool is_cut = true;
	__u32 count = 0;

	if (!source || index >= MAX_ARGUMENTS || start >= MAX_RECORD_SIZE)
		return;
	LOOP
	for (__u32 i = 0; i < MAX_STRINGS; i++) {
		__u64 end = record->end;
		__u64 pointer = 0;
		long size;

		if (is_compat)
			size = read_user(&pointer, 4, source + i * width);
		else
			size = read_user(&pointer, 8, source + i * width);
		if (size)
			break;
		if (!pointer) {
			is_cut = false;
			break;
		}
		KEEP_AS_ONE(end);
		if (end >= MAX_RECORD_SIZE)
			break;
		size = read_user_str(record->bytes + end, MAX_STRING_SIZE, (void *)pointer);
		if (size <= 0)
			break;
		end += size;
		if (end > MAX_RECORD_SIZE)
			end = MAX_RECORD_SIZE;
		record->end = end;
		count++;
	}
	put_number(record, index, reference(start, record->end - start, count, is_cut));
}

/*
 * The argument vector as the kernel laid it out for the new program: NUL-terminated strings from arg_start
 * to arg_end, one block. Right after exec nothing but the kernel has written there.
 */
static __always_inline void put_argument_block(struct record *record, __u32 index, struct mm_struct *mm)
{
	unsigned long from = FIELD(mm, arg_start);
	__u64 full = FIELD(mm, arg_end) - from;
	__u64 length = full;
	__u64 end = record->end;

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return;
	KEEP_AS_ONE(length);
	if (length > MAX_STRING_SIZE)
		length = MAX_STRING_SIZE;
	if (read_user(record->bytes + end, length, (void *)from))
		return;
	put_number(record, index, claim(record, length, full, length < full));
}

/*
 * The path of a file within its mount namespace, across mounts:
 *
 *   dentry -> d_parent ... until the root of the mount, then mnt_mountpoint in the parent mount, and so on
 *   until a mount that is its own parent. A file with no place in a tree (memfd, pipe) gives its bare name.
 */
SUBPROGRAM __u64 put_path_bytes(struct record *record, const struct path *path)
{
	struct vfsmount *vfsmount = FIELD(path, mnt);
	struct dentry *dentry = FIELD(path, dentry);
	struct mount *mount = (void *)vfsmount - OFFSET_OF(struct mount, mnt);
	struct dentry *first = dentry;
	__u64 end = record->end;
	__u32 at = MAX_STRING_SIZE; /* the path found so far is [at, MAX_STRING_SIZE) of the path buffer */
	bool is_cut = true;
	__u64 length;

	LOOP
	for (int i = 0; i < MAX_PATH_COMPONENTS; i++) {
		struct dentry *root = FIELD(vfsmount, mnt_root);
		struct dentry *parent = FIELD(dentry, d_parent);
		const unsigned char *name;
		__u32 size;

		if (dentry == root || dentry == parent) {
			struct mount *above = FIELD(mount, mnt_parent);

			if (dentry != root || mount == above) {
				is_cut = false;
				break;
			}
			dentry = FIELD(mount, mnt_mountpoint);
			mount = above;
			vfsmount = (void *)mount + OFFSET_OF(struct mount, mnt);
			continue;
		}
		size = FIELD(dentry, d_name.len) & (MAX_NAME_SIZE - 1);
		if (at < size + 1)
			break;
		at -= size + 1;
		at &= MAX_STRING_SIZE - 1;
		record->bytes[PATH_BUFFER + at] = '/';
		name = FIELD(dentry, d_name.name);
		read_kernel(record->bytes + PATH_BUFFER + at + 1, size, name);
		dentry = parent;
	}

	KEEP_AS_ONE(end);
	if (end >= MAX_RECORD_SIZE)
		return 0;
	if (at == MAX_STRING_SIZE) {
		/* Either "/" itself, or a file outside any tree. */
		__u32 size = FIELD(first, d_name.len) & (MAX_NAME_SIZE - 1);
		const unsigned char *name = FIELD(first, d_name.name);

		read_kernel(record->bytes + end, size, name);
		return claim(record, size, size, false);
	}
	length = MAX_STRING_SIZE - at;
	KEEP_AS_ONE(length);
	if (length > MAX_STRING_SIZE)
		return 0;
	at &= MAX_STRING_SIZE - 1;
	read_kernel(record->bytes + end, length, record->bytes + PATH_BUFFER + at);
	return claim(record, length, is_cut ? 0 : length, is_cut);
}

static __always_inline void put_path(struct record *record, __u32 index, const struct path *path)
{
	__u64 slot = put_path_bytes(record, path);

	if (slot)
		put_number(record, index, slot);
}

/* Device and inode of a file, in the kernel's own encoding of device numbers (major << 20 | minor). */
static __always_inline void put_file_identity(struct record *record, __u32 dev_index,
					      __u32 inode_index, struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);

	put_number(record, dev_index, FIELD(super, s_dev));
	put_number(record, inode_index, FIELD(inode, i_ino));
}

/* A number as it stands in its slot: sign and width of its C type, not of the register. */
static __always_inline __u64 argument_number(__u8 wire, __u64 value, bool is_compat)
{
	if (wire == WIRE_I32 || (wire == WIRE_I64 && is_compat))
		return (__s64)(__s32)value;
	if (wire == WIRE_U32)
		return (__u32)value;
	return value;
}

/* The wires[] of a syscall's arguments say how each is passed on. */
static __always_inline void put_syscall_arguments(struct record *record,
						  const struct event_config *event,
						  const __u64 *arguments, bool is_compat)
{
#pragma unroll
	for (__u32 i = 0; i < 6; i++) {
		__u8 wire = event->wires[i];

		if (wire == WIRE_STRING)
			put_user_string(record, i, (void *)arguments[i]);
		else if (wire == WIRE_STRINGS)
			put_user_strings(record, i, (void *)arguments[i], is_compat);
		else if (wire != WIRE_NONE)
			put_number(record, i, argument_number(wire, arguments[i], is_compat));
	}
}

#endif
