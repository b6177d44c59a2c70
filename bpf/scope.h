/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is traced. Decided before anything else is looked at. */
#ifndef TRACEE_SCOPE_H
#define TRACEE_SCOPE_H

/* Whether a process descends from one that was in scope, or was so itself. */
static __always_inline bool is_followed(const struct config *config, __u32 pid)
{
	return config->scope & SCOPE_FOLLOW && bpf_map_lookup_elem(&scope_followed, &pid);
}

/* Whether a process is one of those that were named, where some were. */
static __always_inline bool is_named(const struct config *config, __u32 pid)
{
	return config->scope & SCOPE_ALL ||
	       (config->scope & SCOPE_PIDS && bpf_map_lookup_elem(&scope_pids, &pid)) ||
	       (config->scope & SCOPE_TREE && bpf_map_lookup_elem(&scope_tree, &pid));
}

/* Looked at once by the verifier and the compiler: every program asks. */
VERIFIED_ONCE int is_current_in_scope(void)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct config *config = get_config();

	if (!config || pid == config->self_pid)
		return false;
	if (is_followed(config, pid))
		return true;
	if (!is_named(config, pid))
		return false;
	return !WANTS_FILTERS || !(config->scope & SCOPE_FILTERED) || passes_filters(config, pid);
}

static __always_inline bool in_scope(const struct config *config)
{
	return config->armed && is_current_in_scope();
}

/*
 * A hook is proven by an act of the runtime's own after it was attached: some attach and never fire (LSM
 * programs where "bpf" is no active module). The runtime's children count, since a program starts in one.
 */
VERIFIED_ONCE int prove_hook(__u32 key)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct config *config = get_config();
	__u64 *proof;

	if (!config)
		return DONE;
	task = FIELD(task, group_leader);
	if (FIELD(task, tgid) != config->self_pid) {
		task = FIELD(task, real_parent);
		if (FIELD(task, tgid) != config->self_pid)
			return DONE;
	}
	proof = bpf_map_lookup_elem(&proofs, &key);
	if (proof)
		__sync_fetch_and_add(proof, 1);
	return DONE;
}

static __always_inline void prove(const struct config *config, __u32 key)
{
	if (config->proving)
		FOLLOW(prove_hook(key));
}

/* A child is in the tree before it runs for the first time. */
static __always_inline void scope_follow_fork(const struct config *config, __u32 parent_pid, __u32 child_pid)
{
	__u8 member = 1;

	if (!config->armed || parent_pid == child_pid)
		return;
	if (config->scope & SCOPE_TREE && bpf_map_lookup_elem(&scope_tree, &parent_pid))
		bpf_map_update_elem(&scope_tree, &child_pid, &member, BPF_ANY);
	if (config->scope & SCOPE_FOLLOW && bpf_map_lookup_elem(&scope_followed, &parent_pid))
		bpf_map_update_elem(&scope_followed, &child_pid, &member, BPF_ANY);
}

/* Called after the process's last event, since its number may be given out again. */
static __always_inline void scope_forget(const struct config *config, __u32 pid)
{
	if (!config->armed)
		return;
	if (config->scope & SCOPE_TREE)
		bpf_map_delete_elem(&scope_tree, &pid);
	if (config->scope & SCOPE_FOLLOW)
		bpf_map_delete_elem(&scope_followed, &pid);
}

#endif
