/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of captures. The runtime leaves them out where nothing is captured. */
#ifndef TRACEE_CAPTURE_MAPS_H
#define TRACEE_CAPTURE_MAPS_H

/* A record of a capture, and what is left to be handed on. Kept in memory as in struct scratch. */
struct capture_place {
	struct capture_header header;
	__u8 bytes[MAX_CAPTURE_PIECE];
	__u64 source;	 /* address of the next bytes */
	__u64 left;	 /* that lie there in one piece */
	__u64 remaining; /* bytes of all */
	__u64 offset;	 /* of the next bytes */
	__u64 vector;	 /* address of the next struct iovec */
	__u64 vectors;	 /* that follow */
	__u32 is_kernel; /* the addresses are the kernel's */
	__u32 is_compat; /* vectors have addresses of 32 bits */
	__u32 is_sparse; /* pages of it may not be there */
	__u32 reserved;
};

#if HAS_RING_BUFFER
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} captures SEC(".maps");
#endif

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf_captures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_config);
} capture_config SEC(".maps");

/* By kind. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_CAPTURE_KINDS);
	__type(key, __u32);
	__type(value, struct capture_counts);
} capture_counts SEC(".maps");

/* Slots as in `scratches`: those of the programs here come first. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_place);
} capture_places SEC(".maps");

static __always_inline struct capture_config *get_capture_config(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&capture_config, &key);
}

static __always_inline struct capture_place *take_capture_place(__u64 program)
{
	struct config *config = get_config();
	__u32 slot;

	KEEP_AS_ONE(program);
	if (!config || program >= sizeof(config->scratch_slots))
		return NULL;
	slot = config->scratch_slots[program];
	return bpf_map_lookup_elem(&capture_places, &slot);
}

#endif
