/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who did it: the head of a record, and on request where the process came from. */
#ifndef TRACEE_CONTEXT_H
#define TRACEE_CONTEXT_H

/*
 * A member of a kernel structure that the current task leads to. Where the verifier knows the task's type the
 * member is loaded, and a fault gives 0 as with the helper that copies it: a call of the kernel for each
 * member is most of what an event costs. `is_typed` is known when this is compiled.
 */
#define SEEN(is_typed, object, member) ((is_typed) ? (object)->member : FIELD(object, member))

/* The number of a task, and the namespace that it lives in. */
static __always_inline struct upid number_of_task(struct record_header *header, struct task_struct *task,
						  bool is_typed)
{
	struct pid *pid = SEEN(is_typed, task, TASK_PID);
	unsigned int level = SEEN(is_typed, pid, level);
	struct upid number = {};

	/* A place that is found by calculation is no address of a type. */
	FRESH(header->slots[0]) = (__u64)pid + OFFSET_OF(struct pid, numbers);
	read_kernel(&number, sizeof(number), (void *)FRESH(header->slots[0]) + level * SIZE_OF(struct upid));
	return number;
}

static __always_inline void fill_namespaces(struct record_header *header, struct task_struct *task,
					    bool is_typed)
{
	struct nsproxy *namespaces = SEEN(is_typed, task, nsproxy);
	struct upid number = number_of_task(header, task, is_typed);
	struct uts_namespace *uts;
	struct mnt_namespace *mnt;

	header->ns_tid = number.nr;
	header->pid_ns = FIELD(number.ns, ns.inum);
	/* A task that is exiting may have given its namespaces back already. */
	if (!namespaces)
		return;
	mnt = SEEN(is_typed, namespaces, mnt_ns);
	header->mnt_ns = SEEN(is_typed, mnt, ns.inum);
	uts = SEEN(is_typed, namespaces, uts_ns);
	read_host_name(header->uts_name, uts);
}

/* Forked, and no program executed since (include/linux/sched.h). */
#define TASK_FORKED 0x40

static __always_inline __u16 task_flags(struct task_struct *task, bool is_typed)
{
	struct signal_struct *signal = SEEN(is_typed, task, signal);

	return (SEEN(is_typed, task, flags) & TASK_FORKED ? RECORD_FORKED : 0) |
	       (SEEN(is_typed, signal, tty) ? RECORD_TERMINAL : 0);
}

static __always_inline void fill_identity(struct record_header *header, struct task_struct *task,
					  bool is_typed)
{
	struct task_struct *leader = SEEN(is_typed, task, group_leader);
	struct task_struct *parent = SEEN(is_typed, leader, real_parent);
	struct task_struct *parent_leader = SEEN(is_typed, parent, group_leader);

	header->start_time = SEEN(is_typed, leader, TASK_START_TIME);
	header->parent_start_time = SEEN(is_typed, parent_leader, TASK_START_TIME);
	header->host_ppid = SEEN(is_typed, parent, tgid);
	header->ns_pid = number_of_task(header, leader, is_typed).nr;
	header->ns_ppid = number_of_task(header, parent_leader, is_typed).nr;
	header->flags = task_flags(leader, is_typed);
	fill_namespaces(header, task, is_typed);
	header->slots[0] = 0;
}

static __always_inline void fill_header(struct record_header *header, __u32 event, __u8 hook)
{
	__u64 ids = bpf_get_current_pid_tgid();

	__builtin_memset(header, 0, sizeof(*header));
	header->event = event;
	header->hook = hook;
	header->time = bpf_ktime_get_ns();
	header->cgroup_id = current_cgroup_id();
	header->host_tid = ids;
	header->host_pid = ids >> 32;
	header->uid = bpf_get_current_uid_gid();
	header->cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(header->comm, sizeof(header->comm));
	if (IS_TASK_TYPED)
		fill_identity(header, bpf_get_current_task_btf(), true);
	else
		fill_identity(header, (struct task_struct *)bpf_get_current_task(), false);
}

/* Returns how many ancestors were written; *is_cut tells that there are more. */
static __always_inline __u32 fill_ancestors(struct ancestor *ancestors, bool *is_cut)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 count = 0;

	*is_cut = false;
	task = FIELD(task, group_leader);
	LOOP
	for (int i = 0; i < MAX_ANCESTORS; i++) {
		struct task_struct *parent = FIELD(task, real_parent);

		parent = FIELD(parent, group_leader);
		/* The first process of the host is its own parent (init_task). */
		if (!parent || parent == task || !FIELD(parent, tgid))
			return count;
		ancestors[i].host_pid = FIELD(parent, tgid);
		ancestors[i].ns_pid = task_ns_tid(parent);
		ancestors[i].start_time = task_start_time(parent);
		READ(ancestors[i].comm, parent->comm);
		count = i + 1;
		task = parent;
	}
	*is_cut = true;
	return count;
}

#endif
