/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process must be like, beside being one of those in scope. */
#ifndef TRACEE_FILTERS_H
#define TRACEE_FILTERS_H

/* What a filter looks at. False where the task has none, as one that exits has no namespaces any more. */
static __always_inline bool read_filter_field(__u32 field, __u64 value[2])
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = FIELD(task, group_leader);
	struct nsproxy *namespaces = FIELD(task, nsproxy);
	struct upid number;
	struct uts_namespace *uts;
	struct mnt_namespace *mnt;
	struct super_block *super;
	struct inode *inode;
	struct file *file;
	struct mm_struct *mm;

	switch (field) {
	case FILTER_FIELD_UID:
		value[0] = (__u32)bpf_get_current_uid_gid();
		return true;
	case FILTER_FIELD_PID:
		value[0] = task_ns_tid(leader);
		return true;
	case FILTER_FIELD_TID:
		value[0] = task_ns_tid(task);
		return true;
	case FILTER_FIELD_PID_NS:
		number = pid_in_namespace(pid_of_task(task));
		value[0] = FIELD(number.ns, ns.inum);
		return true;
	case FILTER_FIELD_START_TIME:
		value[0] = task_start_time(leader);
		return true;
	case FILTER_FIELD_COMM:
		bpf_get_current_comm(value, SHORT_NAME_SIZE);
		return true;
	case FILTER_FIELD_MNT_NS:
		if (!namespaces)
			return false;
		mnt = FIELD(namespaces, mnt_ns);
		value[0] = FIELD(mnt, ns.inum);
		return true;
	case FILTER_FIELD_UTS:
		if (!namespaces)
			return false;
		uts = FIELD(namespaces, uts_ns);
		read_host_name((char *)value, uts);
		return true;
	case FILTER_FIELD_BINARY:
		mm = FIELD(task, mm);
		if (!mm)
			return false;
		file = FIELD(mm, exe_file);
		inode = FIELD(file, f_inode);
		super = FIELD(inode, i_sb);
		value[0] = FIELD(inode, i_ino);
		value[1] = FIELD(super, s_dev);
		return true;
	}
	return false;
}

/* What a filter says. Undecided: the runtime knows more of containers than the kernel does, and has to look. */
#define FILTER_REFUSED 0
#define FILTER_PASSED 1
#define FILTER_UNDECIDED 2

static __always_inline int passes_container_filter(const struct scope_filter *filter)
{
	__u64 looked_at = filter->values[0];
	__u64 known;
	__u64 facts = container_facts(filter->values[2], &known);

	if ((facts & looked_at & known) != (filter->values[1] & known))
		return FILTER_REFUSED;
	return looked_at & ~known ? FILTER_UNDECIDED : FILTER_PASSED;
}

/* By number, so that the verifier looks at it once for all filters. */
VERIFIED_ONCE int passes_filter(__u32 index)
{
	struct scope_filter *filter;
	__u64 value[2] = {};
	bool is_one = false;

	if (!WANTS_FILTERS)
		return FILTER_PASSED;
	filter = bpf_map_lookup_elem(&scope_filters, &index);
	if (!filter || !filter->operation)
		return FILTER_PASSED;
	if (filter->operation == FILTER_FACTS)
		return passes_container_filter(filter);
	if (!read_filter_field(filter->field, value))
		return 0;
	if (filter->operation == FILTER_AT_LEAST)
		return value[0] >= filter->values[0];
	if (filter->operation == FILTER_AT_MOST)
		return value[0] <= filter->values[0];
	LOOP
	for (__u32 i = 0; i < MAX_SCOPE_FILTER_VALUES; i++) {
		if (i < filter->count && filter->values[2 * i] == value[0] &&
		    filter->values[2 * i + 1] == value[1])
			is_one = true;
	}
	return is_one == (filter->operation == FILTER_ONE_OF);
}

static __always_inline bool passes_filters(const struct config *config, __u32 pid)
{
	bool is_decided = true;
	__u8 member = 1;

	LOOP
	for (__u32 i = 0; i < MAX_SCOPE_FILTERS; i++) {
		int result = i < config->filters ? passes_filter(i) : FILTER_PASSED;

		if (result == FILTER_REFUSED)
			return false;
		if (result == FILTER_UNDECIDED)
			is_decided = false;
	}
	/* What only the runtime can decide is nothing to follow yet: the next event of the process may be. */
	if (config->scope & SCOPE_FOLLOW && is_decided)
		bpf_map_update_elem(&scope_followed, &pid, &member, BPF_ANY);
	return true;
}

#endif
