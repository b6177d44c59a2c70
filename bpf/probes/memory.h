/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that becomes executable.
 *
 *   mmap, shmat -> security_mmap_file(file, prot, flags)
 *   mprotect, pkey_mprotect -> security_file_mprotect(vma, reqprot, prot)     once for each area in
 * the range
 *
 * A library is mapped from a file as it stands there and never changed; that is looked at no
 * further. What is told is memory whose bytes the process can or could decide: it is writable too,
 * was written, or comes from a file that some mapping can write or that this process opened for
 * writing.
 */
#ifndef TRACEE_PROBES_MEMORY_H
#define TRACEE_PROBES_MEMORY_H

/* PROT_*, MAP_ANONYMOUS, SHM_* (include/uapi/asm-generic/mman*.h, include/uapi/linux/shm.h) */
#define PROTECTION_READ 1
#define PROTECTION_WRITE 2
#define PROTECTION_EXEC 4
#define MAPPING_SHARED_FLAG 1
#define MAPPING_ANONYMOUS_FLAG 0x20
#define SEGMENT_READ_ONLY 010000
#define SEGMENT_EXEC 0100000

/* VM_* (include/linux/mm.h) */
#define AREA_WRITE 2
#define AREA_EXEC 4

/* READ_IMPLIES_EXEC (include/uapi/linux/personality.h) */
#define PERSONALITY_READ_IMPLIES_EXEC 0x400000

/* Facts that make executable memory worth telling. */
#define MAPPING_REASONS                                                                                      \
	(MAPPING_WRITABLE | MAPPING_WRITTEN | MAPPING_SHARED_WRITABLE | MAPPING_WRITTEN_BY_PROCESS)

/*
 * A compiler that runs in the process changes its memory thousands of times in a second. What is
 * one is known by its program file, so that the first few of an image decide; the others are not
 * made into detections.
 */
#define MAX_BURST 16
#define BURST_TIME 1000000000ULL

static __always_inline struct file_writer writer_of(struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *super = FIELD(inode, i_sb);
	struct file_writer writer = {
		.inode = FIELD(inode, i_ino),
		.dev = FIELD(super, s_dev),
		.pid = bpf_get_current_pid_tgid() >> 32,
	};

	return writer;
}

static __always_inline __u64 current_start_time(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return task_start_time(FIELD(task, group_leader));
}

/* Called for each file that is opened. */
static __always_inline void remember_writer(struct file *file)
{
	struct file_writer writer;
	__u64 start_time;

	if (!(FIELD(file, f_flags) & 3))
		return;
	writer = writer_of(file);
	start_time = current_start_time();
	bpf_map_update_elem(&file_writers, &writer, &start_time, BPF_ANY);
}

static __always_inline bool is_written_by_process(struct file *file)
{
	struct file_writer writer = writer_of(file);
	__u64 *start_time = bpf_map_lookup_elem(&file_writers, &writer);

	return start_time && *start_time == current_start_time();
}

/* What is known of the bytes behind a file. */
static __always_inline __u32 facts_of_file(struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct address_space *mapping = FIELD(inode, i_mapping);
	__u32 facts = 0;

	if (FIELD(mapping, i_mmap_writable.counter) > 0)
		facts |= MAPPING_SHARED_WRITABLE;
	if (is_written_by_process(file))
		facts |= MAPPING_WRITTEN_BY_PROCESS;
	/* No program came on such a file: whatever stands there was written since the machine started. */
	if (file_storage(file) == STORAGE_MEMORY)
		facts |= MAPPING_WRITTEN;
	return facts;
}

static __always_inline bool reads_imply_exec(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return FIELD(task, personality) & PERSONALITY_READ_IMPLIES_EXEC;
}

/*
 * Whether the kernel is laying out a new program: argument addresses are known only when it is done
 * (create_elf_tables()). Its segments stand in its file; where that file is, is a matter of
 * execution.
 */
static __always_inline bool is_executing(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct mm_struct *mm = FIELD(task, mm);

	return !FIELD(mm, arg_end);
}

/* Counts what an image did with an event; false for what is too much to be told again. */
static __always_inline bool is_within_burst(__u32 event)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = FIELD(task, group_leader);
	struct image image = {
		.start_time = task_start_time(leader),
		.execution = FIELD(leader, self_exec_id),
		.pid = bpf_get_current_pid_tgid() >> 32,
		.event = event,
	};
	struct burst first = {.since = bpf_ktime_get_ns(), .count = 1};
	struct burst *burst = bpf_map_lookup_elem(&bursts, &image);

	if (!burst || first.since - burst->since > BURST_TIME) {
		bpf_map_update_elem(&bursts, &image, &first, BPF_ANY);
		return true;
	}
	if (burst->count >= MAX_BURST)
		return false;
	__sync_fetch_and_add(&burst->count, 1);
	return true;
}

static __always_inline __u8 routes_of_memory(const struct event_config *event_config, __u32 event)
{
	__u8 routes = event_config->routes;

	if (routes & ROUTE_DETECTIONS && !is_within_burst(event))
		routes &= ~ROUTE_DETECTIONS;
	return routes;
}

/* Something to tell of a mapping; `file` may be NULL. */
static __always_inline void tell_mapping(struct call *call, struct file *file, __u64 prot, __u64 flags,
					 __u32 facts)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_MMAP_FILE);
	struct record record;
	__u8 routes;

	if (!config || !event)
		return;
	routes = routes_of_memory(event, EVENT_SECURITY_MMAP_FILE);
	if (!begin_record(&record, call, EVENT_SECURITY_MMAP_FILE, routes))
		return;
	put_number(&record, SECURITY_MMAP_FILE__PROT, prot);
	put_number(&record, SECURITY_MMAP_FILE__FLAGS, flags);
	put_number(&record, SECURITY_MMAP_FILE__FACTS, facts);
	if (file) {
		put_path(&record, SECURITY_MMAP_FILE__PATHNAME, file_path(file));
		put_number(&record, SECURITY_MMAP_FILE__STORAGE, file_storage(file));
		put_file_identity(&record, SECURITY_MMAP_FILE__DEV, SECURITY_MMAP_FILE__INODE, file);
	}
	submit_record(&record);
}

/* Every mapping of the machine comes here: what is not executable leaves at once. */
SHARED int on_mmap_file(struct call *call, struct file *file, __u64 asked, __u64 flags)
{
	struct config *config = get_config();
	__u64 prot = asked;
	__u32 facts = 0;

	if (!config)
		return DONE;
	prove(config, EVENT_SECURITY_MMAP_FILE);
	if (!(asked & PROTECTION_EXEC)) {
		if (!(asked & PROTECTION_READ) || !reads_imply_exec())
			return DONE;
		prot |= PROTECTION_EXEC;
		facts |= MAPPING_READ_IMPLIES_EXEC;
	}
	if (!in_scope(config))
		return DONE;
	if (prot & PROTECTION_WRITE)
		facts |= MAPPING_WRITABLE;
	if (!file)
		facts |= MAPPING_ANONYMOUS;
	if (is_executing()) {
		/* A program that brings writable code along, but not one that is merely old. */
		if (facts != MAPPING_WRITABLE)
			return DONE;
	} else if (file) {
		facts |= facts_of_file(file);
	}
	if (facts & MAPPING_REASONS)
		tell_mapping(call, file, prot, flags, facts);
	return DONE;
}

/* `area` is NULL where only the call is known, and the file and what was before are not. */
static __always_inline void tell_protection(struct call *call, struct vm_area_struct *area, __u64 start,
					    __u64 length, __u64 prot, __u32 facts)
{
	struct config *config = get_config();
	struct event_config *event = get_event_config(EVENT_SECURITY_FILE_MPROTECT);
	struct record record;
	struct file *file;
	__u8 routes;

	if (!config || !event)
		return;
	routes = routes_of_memory(event, EVENT_SECURITY_FILE_MPROTECT);
	if (!begin_record(&record, call, EVENT_SECURITY_FILE_MPROTECT, routes))
		return;
	put_number(&record, SECURITY_FILE_MPROTECT__ADDRESS, start);
	put_number(&record, SECURITY_FILE_MPROTECT__LENGTH, length);
	put_number(&record, SECURITY_FILE_MPROTECT__PROT, prot);
	put_number(&record, SECURITY_FILE_MPROTECT__FACTS, facts);
	if (area) {
		/* VM_READ, VM_WRITE and VM_EXEC are PROT_READ, PROT_WRITE and PROT_EXEC. */
		put_number(&record, SECURITY_FILE_MPROTECT__PREVIOUS, FIELD(area, vm_flags) & 7);
		file = FIELD(area, vm_file);
		if (file)
			put_path(&record, SECURITY_FILE_MPROTECT__PATHNAME, file_path(file));
	}
	submit_record(&record);
}

/* `prot` is what the area gets, with what the personality adds. */
SHARED int on_file_mprotect(struct call *call, struct vm_area_struct *area, __u64 asked, __u64 prot)
{
	struct config *config = get_config();
	unsigned long before, start;
	struct file *file;
	__u32 facts = 0;

	if (!config)
		return DONE;
	prove(config, EVENT_SECURITY_FILE_MPROTECT);
	if (!(prot & PROTECTION_EXEC) || !in_scope(config))
		return DONE;
	before = FIELD(area, vm_flags);
	if (before & AREA_EXEC && !((before ^ prot) & AREA_WRITE))
		return DONE;
	if (!(asked & PROTECTION_EXEC))
		facts |= MAPPING_READ_IMPLIES_EXEC;
	if (prot & PROTECTION_WRITE)
		facts |= MAPPING_WRITABLE;
	/* An anon_vma holds pages of the area's own: it was written at some time, here or before a fork. */
	if (before & AREA_WRITE || FIELD(area, anon_vma))
		facts |= MAPPING_WRITTEN;
	file = FIELD(area, vm_file);
	facts |= file ? facts_of_file(file) : MAPPING_ANONYMOUS;
	if (!(facts & MAPPING_REASONS))
		return DONE;
	start = FIELD(area, vm_start);
	tell_protection(call, area, start, FIELD(area, vm_end) - start, prot, facts);
	return DONE;
}

#endif
