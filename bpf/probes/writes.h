/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes, when they are done:
 *
 *   write(), pwrite64() -> vfs_write(file, buffer, count, position)
 *   writev(), pwritev() -> vfs_writev(file, vector, count, position, flags)
 *
 * Where functions cannot be hooked, the calls themselves are looked at when they return. What io_uring,
 * splice() and the like write does not come by.
 */
#ifndef TRACEE_PROBES_WRITES_H
#define TRACEE_PROBES_WRITES_H

/* How many bytes of a file's begin are told: an ELF header's identity and what kind of file it is. */
#define MAGIC_SIZE 20
/* Parts of a vector that they are gathered from: nobody cuts a header into more. */
#define MAGIC_PARTS 4

/* include/uapi/linux/stat.h */
#define CHARACTER_DEVICE 0020000

struct write_request {
	struct file *file;
	const void *source; /* the bytes, or the vector of them */
	__u64 count;
	__s64 end;     /* where the file's position stands now; 0 for a file without */
	__s64 written; /* negative where it failed */
	__u32 is_vector;
	__u32 is_compat;
};

static __always_inline __s64 begin_of_write(const struct write_request *request)
{
	/* Some devices leave the position where it was. */
	if (request->written <= 0 || request->end < request->written)
		return request->end;
	return request->end - request->written;
}

SHARED int on_vfs_write(struct call *call, const struct write_request *request)
{
	__u32 event_id = request->is_vector ? EVENT_VFS_WRITEV : EVENT_VFS_WRITE;
	struct event_config *event = look_up(event_id);
	struct file *file = request->file;
	struct record record;

	if (!event ||
	    !begin_wanted(&record, call, event_id, routes_by_name(event, FIELD(file, f_path.dentry))))
		return DONE;
	record.header->return_value = request->written;
	put_path(&record, VFS_WRITE__PATHNAME, file_path(file));
	put_file_identity(&record, VFS_WRITE__DEV, VFS_WRITE__INODE, file);
	put_number(&record, VFS_WRITE__COUNT, request->count);
	put_number(&record, VFS_WRITE__POS, begin_of_write(request));
	submit_record(&record);
	return DONE;
}
_Static_assert(VFS_WRITEV__PATHNAME == VFS_WRITE__PATHNAME, "one place");
_Static_assert(VFS_WRITEV__DEV == VFS_WRITE__DEV, "one place");
_Static_assert(VFS_WRITEV__INODE == VFS_WRITE__INODE, "one place");
_Static_assert(VFS_WRITEV__VLEN == VFS_WRITE__COUNT, "one place");
_Static_assert(VFS_WRITEV__POS == VFS_WRITE__POS, "one place");

/* Appends one part of a vector to what stands behind the record's end. False where no more is wanted. */
static __always_inline bool gather_part(struct record *record, const struct write_request *request,
					__u32 index)
{
	struct scratch *scratch = record->scratch;
	__u64 end = FRESH(record->header->size);
	__u64 at = FRESH(scratch->count);
	__u64 most = request->written < MAGIC_SIZE ? request->written : MAGIC_SIZE;
	__u32 width = request->is_compat ? 4 : 8;
	__u64 base = 0, length = 0;

	KEEP_AS_ONE(end);
	KEEP_AS_ONE(at);
	if (end >= MAX_RECORD_SIZE || at >= most || at >= MAGIC_SIZE ||
	    read_user(&base, width, request->source + 2 * index * width) ||
	    read_user(&length, width, request->source + (2 * index + 1) * width))
		return false;
	if (length > most - at)
		length = most - at;
	KEEP_AS_ONE(length);
	if (length > MAGIC_SIZE || read_user(scratch->bytes + end + at, length, (void *)base))
		return false;
	FRESH(scratch->count) = at + length;
	return true;
}

static __always_inline void put_magic(struct record *record, const struct write_request *request)
{
	if (!request->is_vector) {
		__u64 length = request->written < MAGIC_SIZE ? request->written : MAGIC_SIZE;

		put_user_bytes(record, MAGIC_WRITE__BYTES, request->source, length, MAGIC_SIZE);
		return;
	}
	FRESH(record->scratch->count) = 0;
	LOOP
	for (__u32 i = 0; i < MAGIC_PARTS; i++) {
		if (!gather_part(record, request, i))
			break;
	}
	put_number(record, MAGIC_WRITE__BYTES,
		   claim(record, FRESH(record->scratch->count), FRESH(record->scratch->count), false));
}

SHARED int on_magic_write(struct call *call, const struct write_request *request)
{
	struct event_config *event;
	struct file *file = request->file;
	struct inode *inode;
	struct record record;

	/* What has no position, as a pipe, has no begin either. */
	if (request->written <= 0 || request->end != request->written)
		return DONE;
	inode = FIELD(file, f_inode);
	if ((FIELD(inode, i_mode) & FILE_TYPE) == CHARACTER_DEVICE)
		return DONE;
	event = look_up(EVENT_MAGIC_WRITE);
	if (!event || !begin_wanted(&record, call, EVENT_MAGIC_WRITE,
				    routes_by_name(event, FIELD(file, f_path.dentry))))
		return DONE;
	record.header->return_value = request->written;
	put_path(&record, MAGIC_WRITE__PATHNAME, file_path(file));
	put_magic(&record, request);
	put_file_identity(&record, MAGIC_WRITE__DEV, MAGIC_WRITE__INODE, file);
	submit_record(&record);
	return DONE;
}

/* Each event that is seen here is one call: the verifier never follows those that nobody selected. */
static __always_inline int on_write_done(struct call *call, const struct write_request *request)
{
	if (IS_SELECTED(CHECK_VFS_WRITE | CHECK_VFS_WRITEV))
		FOLLOW(on_vfs_write(call, request));
	if (IS_SELECTED(CHECK_MAGIC_WRITE))
		FOLLOW(on_magic_write(call, request));
	return 0;
}

static __always_inline bool is_compat_call(void)
{
	return task_is_compat((struct task_struct *)bpf_get_current_task());
}

/* The position of a file without one is no address. */
static __always_inline __s64 read_position(__u64 address)
{
	__s64 position = 0;

	if (address)
		read_kernel(&position, sizeof(position), (void *)address);
	return position;
}

#endif
