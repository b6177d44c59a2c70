/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs behind io_uring.h: a tracepoint that has changed its name has one for each. */
#ifndef TRACEE_PROBES_IO_URING_PROGRAMS_H
#define TRACEE_PROBES_IO_URING_PROGRAMS_H

#if HAS_OPERATIONS

#define ON_SUBMIT_SQE(program_id, hook_kind)                                                                 \
	({                                                                                                   \
		struct ring_request found = {};                                                              \
		find_submission(&found, ctx);                                                                \
		HAND_TO(on_submission, program_id, hook_kind, &found);                                       \
	})

#if HAS_TRAMPOLINES
SEC("tp_btf/io_uring_submit_sqe")
int tp_btf__io_uring_submit_sqe(__u64 *ctx)
{
	return ON_SUBMIT_SQE(PROGRAM_TP_BTF__IO_URING_SUBMIT_SQE, HOOK_TP_BTF);
}
#endif

SEC("raw_tp/io_uring_submit_sqe")
int raw_tp__io_uring_submit_sqe(__u64 *ctx)
{
	return ON_SUBMIT_SQE(PROGRAM_RAW_TP__IO_URING_SUBMIT_SQE, HOOK_RAW_TRACEPOINT);
}

#if HAS_REQUEST_TYPES
#define ON_SUBMIT_REQ(program_id, hook_kind)                                                                 \
	({                                                                                                   \
		struct ring_request found = {};                                                              \
		read_request(&found, ctx[0]);                                                                \
		HAND_TO(on_submission, program_id, hook_kind, &found);                                       \
	})

#if HAS_TRAMPOLINES
SEC("tp_btf/io_uring_submit_req")
int tp_btf__io_uring_submit_req(__u64 *ctx)
{
	return ON_SUBMIT_REQ(PROGRAM_TP_BTF__IO_URING_SUBMIT_REQ, HOOK_TP_BTF);
}
#endif

SEC("raw_tp/io_uring_submit_req")
int raw_tp__io_uring_submit_req(__u64 *ctx)
{
	return ON_SUBMIT_REQ(PROGRAM_RAW_TP__IO_URING_SUBMIT_REQ, HOOK_RAW_TRACEPOINT);
}

#if HAS_TRAMPOLINES
SEC("tp_btf/io_uring_queue_async_work")
int tp_btf__io_uring_queue_async_work(__u64 *ctx)
{
	return HAND_TO(on_async_work, PROGRAM_TP_BTF__IO_URING_QUEUE_ASYNC_WORK, HOOK_TP_BTF,
		       find_async_work(ctx));
}
#endif

SEC("raw_tp/io_uring_queue_async_work")
int raw_tp__io_uring_queue_async_work(__u64 *ctx)
{
	return HAND_TO(on_async_work, PROGRAM_RAW_TP__IO_URING_QUEUE_ASYNC_WORK, HOOK_RAW_TRACEPOINT,
		       find_async_work(ctx));
}
#endif

#endif /* HAS_OPERATIONS */

#endif
