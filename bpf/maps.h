/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef TRACEE_MAPS_H
#define TRACEE_MAPS_H

#if HAS_GLOBAL_DATA
/* In a section of its own, so that the runtime can write it whole before loading. */
volatile const struct settings settings SEC(".rodata.settings");
/* Constant when the verifier looks: what nobody selected is dead code, and is cut out. */
#define IS_SELECTED(check) (settings.events & (check))
#define CAN_BE_CARRIED(check) (settings.carried & (check))
#define HAS_WIRE(wire) (settings.wires & (1U << (wire)))
#define READS_ON_ENTRY (settings.wires & WIRES_READ_ON_ENTRY)
#define WANTS_STACKS settings.stacks
#define WANTS_FILTERS settings.filters
#define WANTS_COMPARISONS settings.comparisons
#define IS_TASK_TYPED settings.typed_task
#else
#define IS_SELECTED(check) true
#define CAN_BE_CARRIED(check) true
#define HAS_WIRE(wire) true
#define READS_ON_ENTRY true
#define WANTS_FILTERS true
#define WANTS_COMPARISONS true
#define IS_TASK_TYPED false
/* Programs that may have 4096 instructions have no room for it. */
#define WANTS_STACKS false
#endif

/*
 * Records for the runtime, and a second way for detections that a flood of other events cannot fill. The
 * runtime sets sizes in bytes before loading, and leaves out the pair that settings.buffer does not name.
 */
#if HAS_RING_BUFFER
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} detections SEC(".maps");
#endif

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf_detections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct config);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_EVENTS);
	__type(key, __u32);
	__type(value, struct event_config);
} event_configs SEC(".maps");

/* By event; what went to the detections stands MAX_EVENTS higher. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2 * MAX_EVENTS);
	__type(key, __u32);
	__type(value, struct event_counts);
} event_counts SEC(".maps");

/* How often each event's hook was reached while hooks are proven; one on entry stands MAX_EVENTS higher. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * MAX_EVENTS);
	__type(key, __u32);
	__type(value, __u64);
} proofs SEC(".maps");

/* Syscall number -> event id; numbers of 32-bit callers stand MAX_SYSCALLS higher. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * MAX_SYSCALLS);
	__type(key, __u32);
	__type(value, __u32);
} syscall_events SEC(".maps");

/* Processes in scope by number, and the members of process trees in scope. Keys are host process ids. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} scope_pids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u8);
} scope_tree SEC(".maps");

/* Processes that passed the filters once, and what descends from them; one entry where nobody is followed. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u8);
} scope_followed SEC(".maps");

/* What a process must be like to be in scope. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SCOPE_FILTERS);
	__type(key, __u32);
	__type(value, struct scope_filter);
} scope_filters SEC(".maps");

/*
 * What is known of the containers that cgroups belong to: CONTAINER_*. The runtime writes it; a cgroup that
 * is not here is one that it has still to decide about. One entry where no filter asks.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} container_groups SEC(".maps");

/* What arguments and results of events must be like. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_COMPARISONS);
	__type(key, __u32);
	__type(value, struct comparison);
} comparisons SEC(".maps");

/*
 * Where records are built, one slot per loaded program and CPU. All hooks are in process context, and a
 * program never runs twice at once on one CPU: the kernel either runs it with preemption off or refuses a
 * second entry while it is active there. Two different programs can meet on a CPU, so each has a slot of
 * its own. The runtime sets the number of slots before loading.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* LRU: a task killed inside its call never returns from it, and must not leave its entry for ever. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_PENDING_CALLS);
	__type(key, __u64);
	__type(value, struct pending_call);
} pending_calls SEC(".maps");

/* Sockets on standard descriptors that were told of: inode number and process. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u8);
} told_sockets SEC(".maps");

/* Which process opened a file for writing, and when that process began: written code is known by it. */
struct file_writer {
	__u64 inode;
	__u32 dev;
	__u32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct file_writer);
	__type(value, __u64);
} file_writers SEC(".maps");

/* One execution of a program by a process, whatever numbers are given out again. */
struct image {
	__u64 start_time;
	__u64 execution;
	__u32 pid;
	__u32 event;
};

/* How many detections of an event an image has caused in the second that began at `since`. */
struct burst {
	__u64 since;
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct image);
	__type(value, struct burst);
} bursts SEC(".maps");

/* Arguments of a write that a kprobe saw begin. */
struct pending_write {
	__u64 file;
	__u64 source;
	__u64 count;
	__u64 position;
};

/* By thread; LRU as pending_calls. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_write);
} pending_writes SEC(".maps");

/* A signal on its way to a process, and who sent it: pid is 0 where no process did. */
struct signal_key {
	__u64 start_time;
	__u32 pid;
	__u32 signal;
};

struct signal_sender {
	__u32 pid;
	__u32 ns_pid;
	__s32 code;
	__u32 is_told; /* that it has ended the process */
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct signal_key);
	__type(value, struct signal_sender);
} signal_senders SEC(".maps");

static __always_inline struct config *get_config(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&config, &key);
}

static __always_inline struct event_config *get_event_config(__u32 event)
{
	return bpf_map_lookup_elem(&event_configs, &event);
}

/* The number that map has no entry for. */
#define NO_SLOT 0x7fffffff

static __always_inline __u32 slot_of_program(const struct config *config, __u64 program)
{
	KEEP_AS_ONE(program);
	return program < sizeof(config->scratch_slots) ? config->scratch_slots[program] : NO_SLOT;
}

/* Where this program builds its records on this CPU; NULL where the runtime gave it no place. */
static __always_inline struct scratch *take_scratch(const struct config *config, __u64 program)
{
	__u32 slot = slot_of_program(config, program);

	return bpf_map_lookup_elem(&scratches, &slot);
}

#endif
