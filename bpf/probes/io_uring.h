/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Requests through io_uring: operations that no system call tells of.
 *
 *   io_uring_enter() -> io_submit_sqes() -> trace_io_uring_submit_req(request)
 *   io_queue_iowq() -> trace_io_uring_queue_async_work(request, is_hashed)
 *
 * Both are called by the task that asks, or by the thread that polls for it, which is one of the same process
 * since 5.12 (create_io_thread()). What tracepoints are given has changed often:
 *
 *   submit, -5.12   (ring, opcode, user_data, ...)
 *   submit, -5.19   (ring, request, ...)        "submit_sqe", as since 6.0
 *   submit, 6.0-    (request, ...)              "submit_req" since 6.5
 *   async, -5.16    (ring, rw, request, ...)
 *   async, -5.19    (ring, request, ...)
 *   async, 6.0-     (request, ...)
 *
 * and stable kernels have those of later ones. So whether the second argument is a request of the first,
 * which is a ring then, is seen at run time.
 */
#ifndef TRACEE_PROBES_IO_URING_H
#define TRACEE_PROBES_IO_URING_H

#if HAS_OPERATIONS

/* What is told of a request. */
struct ring_request {
	__u64 request; /* 0 where only the operation is known */
	__u64 user_data;
	__u32 opcode;
};

#if HAS_REQUEST_TYPES

#if !defined(TRACEE_TYPES_HEADERS)
/* Types of our own, since not all members are in the same kernel; what follows ___ is no part of the name. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct io_cqe___any {
	u64 user_data;
	int fd;
};
struct io_ring_ctx___any {
	unsigned int flags;
	u32 *sq_array;
	void *sq_sqes;
	unsigned int cached_sq_head;
	unsigned int sq_entries;
};
struct io_kiocb___any {
	struct file *file;
	u8 opcode;
	u32 flags;
	u64 user_data;
	struct io_cqe___any cqe;
	struct io_ring_ctx___any *ctx;
};
struct trace_event_raw_io_uring_submit_sqe___any {
	void *req;
};
struct trace_event_raw_io_uring_queue_async_work___any {
	u8 opcode;
};
#pragma clang attribute pop
#define io_kiocb_facts io_kiocb___any
#define io_ring_facts io_ring_ctx___any
#else
#define io_kiocb_facts io_kiocb
#define io_ring_facts io_ring_ctx
#endif

static __always_inline __u64 user_data_of(struct io_kiocb_facts *request)
{
#if !defined(TRACEE_TYPES_HEADERS)
	if (!bpf_core_field_exists(request->cqe.user_data))
		return FIELD(request, user_data);
#endif
	return FIELD(request, cqe.user_data);
}

static __always_inline void read_request(struct ring_request *found, __u64 request)
{
	struct io_kiocb_facts *facts = (void *)request;

	found->request = request;
	found->opcode = FIELD(facts, opcode);
	found->user_data = user_data_of(facts);
}

/* The request among the first two arguments. */
static __always_inline __u64 either_request(__u64 first, __u64 second)
{
	struct io_kiocb_facts *request = (void *)second;

	return (__u64)FIELD(request, ctx) == first ? second : first;
}

/* include/uapi/linux/io_uring.h: a part of the stable interface. */
struct submission {
	__u8 opcode, flags;
	__u16 priority;
	__s32 fd;
	__u64 offset, address;
	__u32 length, operation_flags;
	__u64 user_data;
};
#define SETUP_SQE128 (1U << 10)
#define SETUP_NO_SQARRAY (1U << 16)
#define SUBMISSION_SIZE 64
#define FIXED_FILE 1

/* What the program wrote into the ring for a request that was just taken from it; it may have changed that since. */
static __always_inline bool read_submission(struct submission *submission, const struct ring_request *found)
{
	struct io_kiocb_facts *request = (void *)found->request;
	struct io_ring_facts *ring = FIELD(request, ctx);
	unsigned int flags = FIELD(ring, flags);
	__u32 index = (FIELD(ring, cached_sq_head) - 1) & (FIELD(ring, sq_entries) - 1);

	if (!(flags & SETUP_NO_SQARRAY)) {
		u32 *array = FIELD(ring, sq_array);

		if (read_kernel(&index, sizeof(index), array + index))
			return false;
	}
	if (index >= FIELD(ring, sq_entries) ||
	    read_kernel(submission, sizeof(*submission),
			(void *)FIELD(ring, sq_sqes) +
				(__u64)index * SUBMISSION_SIZE * (flags & SETUP_SQE128 ? 2 : 1)))
		return false;
	return submission->opcode == (__u8)found->opcode && submission->user_data == found->user_data;
}

#define OPERATION_BIT(opcode) (1ULL << (opcode))

/* Operations whose submission names a path at `address`, which begins in the directory `fd`. */
#define OPERATIONS_ON_PATHS                                                                                  \
	(OPERATION_BIT(18) /* OPENAT */ | OPERATION_BIT(21) /* STATX */ | OPERATION_BIT(28) /* OPENAT2 */ |  \
	 OPERATION_BIT(35) /* RENAMEAT */ | OPERATION_BIT(36) /* UNLINKAT */ |                               \
	 OPERATION_BIT(37) /* MKDIRAT */ | OPERATION_BIT(39) /* LINKAT */)

/* Those that do something to the file `fd`: of all others it means nothing, and mostly is 0. */
#define OPERATIONS_ON_FILES                                                                                  \
	(OPERATION_BIT(1) /* READV */ | OPERATION_BIT(2) /* WRITEV */ | OPERATION_BIT(3) /* FSYNC */ |       \
	 OPERATION_BIT(4) /* READ_FIXED */ | OPERATION_BIT(5) /* WRITE_FIXED */ |                            \
	 OPERATION_BIT(6) /* POLL_ADD */ | OPERATION_BIT(8) /* SYNC_FILE_RANGE */ |                          \
	 OPERATION_BIT(9) /* SENDMSG */ | OPERATION_BIT(10) /* RECVMSG */ | OPERATION_BIT(13) /* ACCEPT */ | \
	 OPERATION_BIT(16) /* CONNECT */ | OPERATION_BIT(17) /* FALLOCATE */ |                               \
	 OPERATION_BIT(19) /* CLOSE */ | OPERATION_BIT(22) /* READ */ | OPERATION_BIT(23) /* WRITE */ |      \
	 OPERATION_BIT(24) /* FADVISE */ | OPERATION_BIT(26) /* SEND */ | OPERATION_BIT(27) /* RECV */ |     \
	 OPERATION_BIT(29) /* EPOLL_CTL */ | OPERATION_BIT(30) /* SPLICE */ | OPERATION_BIT(33) /* TEE */ |  \
	 OPERATION_BIT(34) /* SHUTDOWN */ | OPERATION_BIT(40) /* MSG_RING */ |                               \
	 OPERATION_BIT(41) /* FSETXATTR */ | OPERATION_BIT(43) /* FGETXATTR */ |                             \
	 OPERATION_BIT(46) /* URING_CMD */ | OPERATION_BIT(47) /* SEND_ZC */ |                               \
	 OPERATION_BIT(48) /* SENDMSG_ZC */ | OPERATION_BIT(49) /* READ_MULTISHOT */ |                       \
	 OPERATION_BIT(55) /* FTRUNCATE */ | OPERATION_BIT(56) /* BIND */ | OPERATION_BIT(57) /* LISTEN */ | \
	 OPERATION_BIT(58) /* RECV_ZC */ | OPERATION_BIT(59) /* EPOLL_WAIT */ |                              \
	 OPERATION_BIT(60) /* READV_FIXED */ | OPERATION_BIT(61) /* WRITEV_FIXED */)

static __always_inline bool is_among(__u64 operations, __u32 opcode)
{
	return opcode < 64 && operations & OPERATION_BIT(opcode);
}

/* The file that a request is about. A fixed file's number counts in the ring, not among descriptors. */
static __always_inline struct file *file_of_request(__u32 opcode, __u32 flags, __s32 fd)
{
	if (fd < 0 || flags & FIXED_FILE || !is_among(OPERATIONS_ON_FILES, opcode))
		return NULL;
	return file_of_descriptor(fd);
}

static __always_inline void put_submission(struct record *record, const struct ring_request *found)
{
	struct submission submission = {};
	struct file *file;

	if (!read_submission(&submission, found))
		return;
	put_number(record, IO_URING_SUBMIT_SQE__FLAGS, submission.flags);
	if (is_among(OPERATIONS_ON_PATHS | OPERATIONS_ON_FILES, found->opcode))
		put_number(record, IO_URING_SUBMIT_SQE__FD, (__s64)submission.fd);
	if (is_among(OPERATIONS_ON_PATHS, found->opcode))
		put_user_string(record, IO_URING_SUBMIT_SQE__PATHNAME, (void *)submission.address);
	file = file_of_request(found->opcode, submission.flags, submission.fd);
	if (!file)
		return;
	put_path(record, IO_URING_SUBMIT_SQE__PATHNAME, file_path(file));
	put_file_identity(record, IO_URING_SUBMIT_SQE__DEV, IO_URING_SUBMIT_SQE__INODE, file);
}
#endif

SHARED int on_submission(struct call *call, const struct ring_request *found)
{
	struct event_config *event = look_up(EVENT_IO_URING_SUBMIT_SQE);
	struct record record;

	if (!event || !begin_wanted(&record, call, EVENT_IO_URING_SUBMIT_SQE,
				    routes_by_argument(event, IO_URING_SUBMIT_SQE__OPCODE, found->opcode)))
		return DONE;
	put_number(&record, IO_URING_SUBMIT_SQE__OPCODE, found->opcode);
	put_number(&record, IO_URING_SUBMIT_SQE__USER_DATA, found->user_data);
#if HAS_REQUEST_TYPES
	if (found->request)
		put_submission(&record, found);
#endif
	submit_record(&record);
	return DONE;
}

/* The arguments of a tracepoint that was called "submit_sqe". */
static __always_inline void find_submission(struct ring_request *found, __u64 *ctx)
{
#if !HAS_REQUEST_TYPES
	__u64 argument1 = ctx[1], argument2 = ctx[2], argument3 = ctx[3], first, second;
	bool has_request;

	/* The verifier takes no place in ctx that is chosen at run time, which compilers make of two loads. */
	KEEP_AS_ONE(argument1);
	KEEP_AS_ONE(argument2);
	KEEP_AS_ONE(argument3);
	/* Below any address it is an operation: there is no request between. */
	has_request = argument1 > 0xff;
	first = has_request ? argument2 : argument1;
	second = has_request ? argument3 : argument2;

	found->opcode = has_request && IS_OPERATION_LAST ? second : first;
	found->user_data = has_request && IS_OPERATION_LAST ? first : second;
#else
#if !defined(TRACEE_TYPES_HEADERS)
	struct trace_event_raw_io_uring_submit_sqe___any *event = NULL;

	if (!bpf_core_field_exists(event->req)) {
		found->opcode = ctx[1];
		found->user_data = ctx[2];
		return;
	}
#endif
	read_request(found, either_request(ctx[0], ctx[1]));
#endif
}

#if HAS_REQUEST_TYPES
/* It is looked up by who submits, or by who does the work only. */
static __always_inline struct file *file_of_work(struct io_kiocb_facts *request)
{
	struct file *file = FIELD(request, file);

	if (file)
		return file;
#if !defined(TRACEE_TYPES_HEADERS)
	if (!bpf_core_field_exists(request->cqe.fd))
		return NULL;
#endif
	return file_of_request(FIELD(request, opcode), FIELD(request, flags), FIELD(request, cqe.fd));
}

SHARED int on_async_work(struct call *call, __u64 request)
{
	struct event_config *event = look_up(EVENT_IO_URING_QUEUE_ASYNC_WORK);
	struct ring_request found = {};
	struct file *file;
	struct record record;

	if (!event)
		return DONE;
	read_request(&found, request);
	file = file_of_work((void *)request);
	if (!begin_wanted(&record, call, EVENT_IO_URING_QUEUE_ASYNC_WORK,
			  routes_by_argument(event, IO_URING_QUEUE_ASYNC_WORK__OPCODE, found.opcode)))
		return DONE;
	put_number(&record, IO_URING_QUEUE_ASYNC_WORK__OPCODE, found.opcode);
	put_number(&record, IO_URING_QUEUE_ASYNC_WORK__USER_DATA, found.user_data);
	if (file) {
		put_path(&record, IO_URING_QUEUE_ASYNC_WORK__PATHNAME, file_path(file));
		put_file_identity(&record, IO_URING_QUEUE_ASYNC_WORK__DEV, IO_URING_QUEUE_ASYNC_WORK__INODE,
				  file);
	}
	submit_record(&record);
	return DONE;
}

static __always_inline __u64 find_async_work(__u64 *ctx)
{
#if !defined(TRACEE_TYPES_HEADERS)
	struct trace_event_raw_io_uring_queue_async_work___any *event = NULL;

	/* It tells the operation since its second argument is the request. */
	if (!bpf_core_field_exists(event->opcode))
		return ctx[2];
#endif
	return either_request(ctx[0], ctx[1]);
}
#endif

#endif /* HAS_OPERATIONS */

#endif
