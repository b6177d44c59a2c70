/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the start of a record to the buffer that the runtime reads; counts every record exactly once. */
#ifndef TRACEE_SUBMIT_H
#define TRACEE_SUBMIT_H

/*
 * Starts a record for the current task, or returns false where the event is not wanted. The caller has
 * checked the scope.
 */
static __always_inline bool begin_record(struct record *record, const struct config *config,
					 const struct event_config *event_config, __u32 program,
					 __u32 event, __u8 hook)
{
	__u32 slot = config->scratch_slots[program];
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &slot);

	if (!scratch)
		return false;
	record->bytes = scratch->bytes;
	record->header = (struct record_header *)scratch->bytes;
	record->end = sizeof(struct record_header);
	fill_header(record->header, event, hook);
	if (event_config->wants_ancestry) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		struct mm_struct *mm = FIELD(task, mm);
		struct file *executable = FIELD(mm, exe_file);
		bool is_cut;

		record->header->ancestors = fill_ancestors(
			(struct ancestor *)(scratch->bytes + sizeof(struct record_header)), &is_cut);
		record->header->flags |= RECORD_ANCESTRY | (is_cut ? RECORD_ANCESTRY_CUT : 0);
		record->end += MAX_ANCESTORS * sizeof(struct ancestor);
		if (executable)
			record->header->executable = put_path_bytes(record, file_path(executable));
	}
	return true;
}

/*
 * A wake-up costs more than the rest of an event. While the runtime looks by timer (config->wakeup holds a
 * fill level in bytes) it is woken only past that level; while it sleeps, at once.
 */
static __always_inline __u64 wakeup_flags(const struct config *config)
{
	if (!config->wakeup)
		return 0;
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= config->wakeup ? BPF_RB_FORCE_WAKEUP :
										BPF_RB_NO_WAKEUP;
}

static __always_inline void submit_bytes(const struct config *config, __u32 event, void *bytes,
					 __u64 size)
{
	struct event_counts *counts = bpf_map_lookup_elem(&event_counts, &event);

	if (!counts)
		return;
	__sync_fetch_and_add(&counts->produced, 1);
	KEEP_AS_ONE(size);
	if (size > MAX_RECORD_SIZE)
		size = MAX_RECORD_SIZE;
	if (bpf_ringbuf_output(&events, bytes, size, wakeup_flags(config)))
		__sync_fetch_and_add(&counts->lost, 1);
	else
		__sync_fetch_and_add(&counts->submitted, 1);
}

static __always_inline void submit_record(const struct config *config, struct record *record)
{
	record->header->size = record->end;
	submit_bytes(config, record->header->event, record->bytes, record->end);
}

#endif
