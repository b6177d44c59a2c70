/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the start of a record to the buffer that the runtime reads; counts every record exactly once. */
#ifndef TRACEE_SUBMIT_H
#define TRACEE_SUBMIT_H

/* Which routes a record of this event takes, by the number that the event's filter looks at. */
SHARED int routes_by_number(const struct event_config *event, __u64 number)
{
	if (!event->filter_count)
		return event->routes;
	if (event->filter_is_bits)
		return number & event->filter_values[0] ? event->routes : event->routes & ~ROUTE_DETECTIONS;
#pragma unroll
	for (__u32 i = 0; i < MAX_FILTER_VALUES; i++) {
		if (i < event->filter_count && event->filter_values[i] == number)
			return event->routes;
	}
	return event->routes & ~ROUTE_DETECTIONS;
}

/* The same before anything is built, by one argument: where the filter looks at another, the record decides. */
static __always_inline __u8 routes_by_argument(const struct event_config *event, __u32 index, __u64 number)
{
	return event->filter_argument == index ? routes_by_number(event, number) : event->routes;
}

/* The same for a finished record. One whose argument could not be read passes. */
static __always_inline __u8 routes_of_record(const struct event_config *event,
					     const struct record_header *header)
{
	__u64 index = event->filter_argument;

	KEEP_AS_ONE(index);
	if (index >= MAX_ARGUMENTS || !(header->arguments & (1 << index)))
		return event->routes;
	return routes_by_number(event, header->slots[index]);
}

#define STACK_SIZE (MAX_STACK_FRAMES * sizeof(__u64))

static __always_inline void put_executable(struct record *record, struct file *executable)
{
	struct record_header *header = record->header;
	struct inode *inode = FIELD(executable, f_inode);
	struct super_block *super = FIELD(inode, i_sb);

	header->executable = put_path_bytes(record, file_path(executable));
	header->executable_inode = FIELD(inode, i_ino);
	header->executable_dev = FIELD(super, s_dev);
	header->executable_uid = FIELD(inode, i_uid.val);
	header->executable_mode = FIELD(inode, i_mode);
	header->executable_links = FIELD(inode, i_nlink);
	header->executable_storage = file_storage(executable);
}

/*
 * Starts the record that this program builds, for the current task; 0 where it has no room, else 1
 * more than the number of its scratch slot. A function that the verifier and the compiler see once:
 * it is as long as all that comes after it, in every program.
 */
VERIFIED_ONCE int start_record(__u64 program, __u64 event, __u64 hook, __u64 routes)
{
	struct config *config = get_config();
	struct event_config *event_config = get_event_config(event);
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct record record = {.scratch = scratch, .program = program};
	struct file *executable = NULL;
	int started;

	if (!scratch || !event_config)
		return DONE;
	record.header = (struct record_header *)scratch->bytes;
	fill_header(record.header, event, hook);
	record.header->routes = routes;
	FRESH(record.header->size) = sizeof(struct record_header);
	if (is_followed(config, bpf_get_current_pid_tgid() >> 32))
		record.header->flags |= RECORD_FOLLOWED;
	if (event_config->wants_ancestry) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		struct mm_struct *mm = FIELD(task, mm);
		bool is_cut;

		executable = FIELD(mm, exe_file);

		record.header->ancestors = fill_ancestors(
			(struct ancestor *)(scratch->bytes + sizeof(struct record_header)), &is_cut);
		record.header->flags |= RECORD_ANCESTRY | (is_cut ? RECORD_ANCESTRY_CUT : 0);
		FRESH(record.header->size) =
			sizeof(struct record_header) + MAX_ANCESTORS * sizeof(struct ancestor);
	}
	if (WANTS_STACKS) {
		record.header->flags |= RECORD_STACK;
		FRESH(record.header->size) += STACK_SIZE;
	}
	if (executable)
		put_executable(&record, executable);
	/* take_scratch() has looked at `program`. */
	started = slot_of_program(config, program) + 1;
	KEEP_AS_ONE(started);
	return started;
}

/* Only a program itself can look at the stack: the helper wants what it was called with. */
SHARED int put_stack(struct scratch *scratch, void *ctx)
{
	__u8 *place = scratch->bytes + sizeof(struct record_header);
	struct record_header *header = (struct record_header *)scratch->bytes;

	if (FRESH(header->flags) & RECORD_ANCESTRY)
		place += MAX_ANCESTORS * sizeof(struct ancestor);
	/* Fills what there is no place for with zeros, and all where it cannot tell. */
	if (bpf_get_stack(ctx, place, STACK_SIZE, BPF_F_USER_STACK) < 0)
		__builtin_memset(place, 0, STACK_SIZE);
	return DONE;
}

/* False where nobody wants the record, or it has no room. The caller checked the scope. */
static __always_inline bool begin_record(struct record *record, const struct call *call, __u32 event,
					 __u8 routes)
{
	struct scratch *scratch;
	__u32 slot;

	if (!routes)
		return false;
	slot = start_record(call->program, event, call->hook, routes) - 1;
	scratch = bpf_map_lookup_elem(&scratches, &slot);
	if (!scratch)
		return false;
	if (WANTS_STACKS)
		FOLLOW(put_stack(scratch, call->ctx));
	record->ctx = call->ctx;
	record->scratch = scratch;
	record->program = call->program;
	record->header = (struct record_header *)scratch->bytes;
	return true;
}

#if HAS_RING_BUFFER
/* Bytes past the level within which the runtime is woken; behind that it is awake, or looks by timer all the same. */
#define WAKEUP_SPAN 16384

/*
 * A wake-up costs more than the rest of an event. While the runtime looks by timer (config->wakeup holds a
 * fill level in bytes) it is woken only past that level; while it sleeps, at once.
 */
static __always_inline __u64 wakeup_flags(const struct config *config)
{
	__u64 filled;

	if (!config->wakeup)
		return 0;
	filled = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	return filled >= config->wakeup && filled - config->wakeup < WAKEUP_SPAN ? BPF_RB_FORCE_WAKEUP
										 : BPF_RB_NO_WAKEUP;
}
#endif

static __always_inline void count_record(__u32 key, long error)
{
	struct event_counts *counts = bpf_map_lookup_elem(&event_counts, &key);

	if (!counts)
		return;
	__sync_fetch_and_add(&counts->produced, 1);
	if (error)
		__sync_fetch_and_add(&counts->lost, 1);
	else
		__sync_fetch_and_add(&counts->submitted, 1);
}

/*
 * Ends the record that a program has built. Detections are few and wake the reader by themselves. Returns the
 * routes that are still to be taken: those through a perf buffer, which only the program itself can write to.
 * A function that the verifier and the compiler see once, as start_record().
 */
VERIFIED_ONCE int finish_record(__u64 program)
{
	struct config *config = get_config();
	struct scratch *scratch = config ? take_scratch(config, program) : NULL;
	struct record_header *header;
	struct event_config *event;
	int routes;

	if (!scratch)
		return DONE;
	header = (struct record_header *)scratch->bytes;
	event = get_event_config(header->event);
	if (!event)
		return DONE;
	routes = header->routes & routes_of_record(event, header);
	if (WANTS_COMPARISONS && routes & ROUTE_EVENTS && event->comparison_count &&
	    !passes_comparisons(scratch, program, event))
		routes &= ~ROUTE_EVENTS;
	header->routes = routes;
#if HAS_RING_BUFFER
	if (settings.buffer == BUFFER_RING) {
		__u64 size = FRESH(header->size);

		KEEP_AS_ONE(size);
		if (size > MAX_RECORD_SIZE)
			size = MAX_RECORD_SIZE;
		if (routes & ROUTE_DETECTIONS)
			count_record(header->event + MAX_EVENTS,
				     bpf_ringbuf_output(&detections, header, size, 0));
		if (routes & ROUTE_EVENTS)
			count_record(header->event,
				     bpf_ringbuf_output(&events, header, size, wakeup_flags(config)));
		return DONE;
	}
#endif
	KEEP_AS_ONE(routes);
	return routes;
}

SHARED int submit_by_perf(void *ctx, struct record_header *header, int routes)
{
	__u64 size = FRESH(header->size);

	KEEP_AS_ONE(size);
	if (size > MAX_RECORD_SIZE)
		size = MAX_RECORD_SIZE;
	if (routes & ROUTE_DETECTIONS)
		count_record(header->event + MAX_EVENTS,
			     bpf_perf_event_output(ctx, &perf_detections, BPF_F_CURRENT_CPU, header, size));
	if (routes & ROUTE_EVENTS)
		count_record(header->event,
			     bpf_perf_event_output(ctx, &perf_events, BPF_F_CURRENT_CPU, header, size));
	return DONE;
}

static __always_inline void submit_record(const struct record *record)
{
	int routes = finish_record(record->program);

#if HAS_RING_BUFFER
	if (settings.buffer == BUFFER_RING)
		return;
#endif
	FOLLOW(submit_by_perf(record->ctx, record->header, routes));
}

#endif
