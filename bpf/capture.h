/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Content for the runtime: of files that are written, of memory, of modules. Programs of their own, that are
 * loaded only where somebody asked for captures, hand it on in pieces:
 *
 *   PART_FILE   who, and the path; once for each capture
 *   PART_BYTES  up to MAX_CAPTURE_PIECE bytes, as often as needed
 *
 * Nothing waits: what finds no room is counted.
 */
#ifndef TRACEE_CAPTURE_H
#define TRACEE_CAPTURE_H

/* Pieces of one capture, 16 MiB: the verifier goes through each, and a call must come to its end. */
#ifndef MAX_CAPTURE_PIECES
#define MAX_CAPTURE_PIECES 1024
#endif

#define CAPTURE_PAGE_SIZE 4096

VERIFIED_ONCE int count_capture(__u32 kind, __u64 sent, __u64 lost_bytes, __u64 unread_bytes)
{
	struct capture_counts *counts = bpf_map_lookup_elem(&capture_counts, &kind);

	if (!counts)
		return DONE;
	__sync_fetch_and_add(&counts->submitted, sent);
	__sync_fetch_and_add(&counts->lost, lost_bytes && !sent);
	__sync_fetch_and_add(&counts->lost_bytes, lost_bytes);
	__sync_fetch_and_add(&counts->unread_bytes, unread_bytes);
	return DONE;
}

/* Begins a capture of the current task: 0 where it is not in scope, or where there is no room. */
VERIFIED_ONCE int begin_capture(__u64 program, __u64 kind, __u64 hook)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = FIELD(task, group_leader);
	struct nsproxy *namespaces = FIELD(task, nsproxy);
	struct capture_config *wanted = get_capture_config();
	struct capture_place *place = take_capture_place(program);
	struct config *config = get_config();
	__u64 ids = bpf_get_current_pid_tgid();
	struct mnt_namespace *mnt;
	int begun = 1;

	if (!config || !wanted || !place || !(wanted->kinds & 1U << (kind & 31)) || !in_scope(config))
		return DONE;
	__builtin_memset(&place->header, 0, sizeof(place->header));
	place->header.kind = kind;
	place->header.hook = hook;
	place->header.time = bpf_ktime_get_ns();
	place->header.start_time = task_start_time(leader);
	place->header.host_tid = ids;
	place->header.host_pid = ids >> 32;
	place->header.ns_pid = task_ns_tid(leader);
	place->header.descriptor = -1;
	if (namespaces) {
		mnt = FIELD(namespaces, mnt_ns);
		place->header.mnt_ns = FIELD(mnt, ns.inum);
	}
	FRESH(place->source) = 0;
	FRESH(place->left) = 0;
	FRESH(place->vectors) = 0;
	FRESH(place->is_kernel) = false;
	FRESH(place->is_compat) = false;
	FRESH(place->is_sparse) = false;
	KEEP_AS_ONE(begun);
	return begun;
}

/* Puts the path of a file where content will stand. Addresses are numbers: see append_path(). */
VERIFIED_ONCE int put_capture_path(__u64 program, __u64 dentry, __u64 vfsmount)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct capture_place *place = take_capture_place(program);
	struct record_header *header;
	__u64 slot, start, length;

	if (!scratch || !place)
		return DONE;
	header = (struct record_header *)scratch->bytes;
	FRESH(header->size) = sizeof(struct record_header);
	slot = append_path(program, dentry, vfsmount);
	start = slot & 0xffff;
	length = slot >> 16 & 0xffff;
	KEEP_AS_ONE(start);
	KEEP_AS_ONE(length);
	if (start >= MAX_RECORD_SIZE || length > MAX_STRING_SIZE)
		return DONE;
	read_kernel(place->bytes, length, scratch->bytes + start);
	FRESH(place->header.length) = length;
	if (slot >> 32 & CUT_BIT)
		place->header.flags |= CAPTURED_PATH_CUT;
	return DONE;
}

/* Which file it is: identity and path. */
static __always_inline void put_capture_file(struct capture_place *place, __u64 program, struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);

	place->header.dev = FIELD(super, s_dev);
	place->header.inode = FIELD(inode, i_ino);
	place->header.mode = FIELD(inode, i_mode);
	FOLLOW(put_capture_path(program, (__u64)FIELD(file, f_path.dentry), (__u64)FIELD(file, f_path.mnt)));
}

/* The size of the record that stands in its place. */
static __always_inline __u64 size_of_capture(struct capture_place *place)
{
	__u64 size = sizeof(place->header) + FRESH(place->header.length);

	KEEP_AS_ONE(size);
	if (size > sizeof(place->header) + MAX_CAPTURE_PIECE)
		size = sizeof(place->header) + MAX_CAPTURE_PIECE;
	place->header.size = size;
	return size;
}

/* Hands on the record that stands in its place; `content` is what is lost where that fails. */
static __always_inline bool emit_capture(void *ctx, struct capture_place *place, __u64 content)
{
	__u64 size = size_of_capture(place);
	long error;

#if HAS_RING_BUFFER
	if (settings.buffer == BUFFER_RING)
		error = bpf_ringbuf_output(&captures, &place->header, size, 0);
	else
#endif
		error = bpf_perf_event_output(ctx, &perf_captures, BPF_F_CURRENT_CPU, &place->header, size);
	FOLLOW(count_capture(place->header.kind, !error, error ? content : 0, 0));
	return !error;
}

/* What read_capture_piece() says. */
#define PIECE_NONE 0
#define PIECE_READY 1
#define PIECE_SKIPPED 2

/* Goes on to the next part of a vector. */
static __always_inline void take_next_vector(struct capture_place *place)
{
	__u32 width = FRESH(place->is_compat) ? 4 : 8;
	__u64 address = FRESH(place->vector);
	__u64 remaining = FRESH(place->remaining);
	__u64 base = 0, length = 0;

	read_user(&base, width, (void *)address);
	read_user(&length, width, (void *)address + width);
	FRESH(place->vector) = address + 2 * width;
	FRESH(place->vectors) -= 1;
	FRESH(place->source) = base;
	FRESH(place->left) = length < remaining ? length : remaining;
}

static __always_inline long read_into_place(struct capture_place *place, __u64 length, __u64 source)
{
	KEEP_AS_ONE(length);
	if (length > MAX_CAPTURE_PIECE)
		return -1;
	return FRESH(place->is_kernel) ? read_kernel(place->bytes, length, (void *)source)
				       : read_user(place->bytes, length, (void *)source);
}

/* Reads the next piece into its place. By number, so that the verifier looks at it once. */
VERIFIED_ONCE int read_capture_piece(__u64 program)
{
	struct capture_place *place = take_capture_place(program);
	int outcome = PIECE_SKIPPED;
	__u64 length, source, in_page;
	long error;

	if (!place || !FRESH(place->remaining))
		return DONE;
	length = FRESH(place->left);
	if (!length) {
		if (!FRESH(place->vectors))
			return DONE;
		take_next_vector(place);
		goto out;
	}
	source = FRESH(place->source);
	if (length > MAX_CAPTURE_PIECE)
		length = MAX_CAPTURE_PIECE;
	error = read_into_place(place, length, source);
	in_page = CAPTURE_PAGE_SIZE - (source & (CAPTURE_PAGE_SIZE - 1));
	if (error && FRESH(place->is_sparse) && length > in_page) {
		length = in_page;
		error = read_into_place(place, length, source);
	}
	place->header.offset = FRESH(place->offset);
	FRESH(place->header.length) = length;
	FRESH(place->offset) += length;
	FRESH(place->source) += length;
	FRESH(place->left) -= length;
	FRESH(place->remaining) -= length;
	if (error)
		FOLLOW(count_capture(place->header.kind, 0, 0, length));
	else
		outcome = PIECE_READY;
out:
	KEEP_AS_ONE(outcome);
	return outcome;
}

#if HAS_RING_BUFFER
/* A function that the verifier looks at once, whatever number of programs and ways lead to it. */
VERIFIED_ONCE int send_pieces_to_ring(__u64 program)
{
	struct capture_place *place = take_capture_place(program);

	if (!place || settings.buffer != BUFFER_RING)
		return DONE;
	for (__u32 i = 0; i < MAX_CAPTURE_PIECES; i++) {
		int outcome = read_capture_piece(program);
		__u64 length;
		long error;

		KEEP_AS_ONE(outcome);
		if (outcome == PIECE_NONE)
			break;
		if (outcome != PIECE_READY)
			continue;
		error = bpf_ringbuf_output(&captures, &place->header, size_of_capture(place), 0);
		length = FRESH(place->header.length);
		FOLLOW(count_capture(place->header.kind, !error, error ? length : 0, 0));
	}
	return DONE;
}
#endif

/* Through a perf buffer only the program itself can. */
static __always_inline void send_pieces(void *ctx, struct capture_place *place, __u64 program)
{
#if HAS_RING_BUFFER
	if (settings.buffer == BUFFER_RING) {
		FOLLOW(send_pieces_to_ring(program));
		return;
	}
#endif
	LOOP
	for (__u32 i = 0; i < MAX_CAPTURE_PIECES; i++) {
		int outcome = read_capture_piece(program);

		KEEP_AS_ONE(outcome);
		if (outcome == PIECE_NONE)
			break;
		if (outcome == PIECE_READY)
			emit_capture(ctx, place, FRESH(place->header.length));
	}
}

/*
 * The whole capture, of `total` bytes that `source` or the vector has: the file first, since pieces without
 * it mean nothing.
 */
static __always_inline void send_capture(void *ctx, struct capture_place *place, __u64 program, __u64 total)
{
	__u64 remaining;

	place->header.part = PART_FILE;
	place->header.total = total;
	FRESH(place->remaining) = total;
	FRESH(place->offset) = place->header.offset;
	if (!emit_capture(ctx, place, total))
		return;
	place->header.part = PART_BYTES;
	send_pieces(ctx, place, program);
	remaining = FRESH(place->remaining);
	if (remaining)
		FOLLOW(count_capture(place->header.kind, 0, remaining, 0));
}

#endif
