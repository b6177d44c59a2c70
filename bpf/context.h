/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who did it: the head of a record, and on request where the process came from. */
#ifndef TRACEE_CONTEXT_H
#define TRACEE_CONTEXT_H

static __always_inline void fill_namespaces(struct record_header *header, struct task_struct *task)
{
	struct nsproxy *namespaces = FIELD(task, nsproxy);
	struct upid number = pid_in_namespace(pid_of_task(task));
	struct uts_namespace *uts;
	struct mnt_namespace *mnt;

	header->ns_tid = number.nr;
	header->pid_ns = FIELD(number.ns, ns.inum);
	/* A task that is exiting may have given its namespaces back already. */
	if (!namespaces)
		return;
	mnt = FIELD(namespaces, mnt_ns);
	header->mnt_ns = FIELD(mnt, ns.inum);
	uts = FIELD(namespaces, uts_ns);
	read_host_name(header->uts_name, uts);
}

/* Forked, and no program executed since (include/linux/sched.h). */
#define TASK_FORKED 0x40

static __always_inline __u16 task_flags(struct task_struct *task)
{
	struct signal_struct *signal = FIELD(task, signal);

	return (FIELD(task, flags) & TASK_FORKED ? RECORD_FORKED : 0) |
	       (FIELD(signal, tty) ? RECORD_TERMINAL : 0);
}

static __always_inline void fill_header(struct record_header *header, __u32 event, __u8 hook)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = FIELD(task, group_leader);
	struct task_struct *parent = FIELD(leader, real_parent);
	struct task_struct *parent_leader = FIELD(parent, group_leader);
	__u64 ids = bpf_get_current_pid_tgid();

	__builtin_memset(header, 0, sizeof(*header));
	header->event = event;
	header->hook = hook;
	header->time = bpf_ktime_get_ns();
	header->start_time = task_start_time(leader);
	header->parent_start_time = task_start_time(parent_leader);
	header->cgroup_id = current_cgroup_id();
	header->host_tid = ids;
	header->host_pid = ids >> 32;
	header->host_ppid = FIELD(parent, tgid);
	header->ns_pid = task_ns_tid(leader);
	header->ns_ppid = task_ns_tid(parent_leader);
	header->uid = bpf_get_current_uid_gid();
	header->cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(header->comm, sizeof(header->comm));
	header->flags = task_flags(leader);
	fill_namespaces(header, task);
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
