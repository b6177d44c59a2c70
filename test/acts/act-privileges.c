// SPDX-License-Identifier: Apache-2.0
/* What needs privileges, changes them, or looks into other processes. */
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/uio.h>
#include "../attacks/freestanding.h"

#define SOMEBODY 1234
#define SAME_ID -1
#define TERMINATION 15

static void change_root(struct start *start)
{
	can(call3(__NR_chroot, (long)".", 0, 0), "chroot");
}

/* The kernel looks whether it may overcommit, and nobody is to hear of it. */
static void map_some(struct start *start)
{
	map_memory(1 << 20, PROT_READ | PROT_WRITE);
}

static void become_somebody(struct start *start)
{
	can(call3(__NR_setresuid, SAME_ID, SOMEBODY, SAME_ID), "setresuid");
}

static void stay_oneself(struct start *start)
{
	require(call3(__NR_setresuid, SAME_ID, SAME_ID, SAME_ID), "setresuid");
}

static void drop_capabilities(struct start *start)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	require(call3(__NR_capget, (long)&header, (long)data, 0), "capget");
	data[0].effective = 1 << CAP_KILL;
	data[1].effective = 0;
	can(call3(__NR_capset, (long)&header, (long)data, 0), "capset");
}

static void leave_namespaces(struct start *start)
{
	can(call3(__NR_unshare, CLONE_NEWUTS | CLONE_NEWIPC, 0, 0), "unshare");
}

static void enter_own_namespace(struct start *start)
{
	can(call3(__NR_setns, require(open_file("/proc/self/ns/uts", O_RDONLY), "ns/uts"), CLONE_NEWUTS, 0), "setns");
}

static void ask_for_signal(struct start *start)
{
	require(call5(__NR_prctl, PR_SET_PDEATHSIG, TERMINATION, 0, 0, 0), "prctl");
}

static void ask_for_nonsense(struct start *start)
{
	if (call5(__NR_prctl, 0x7ffe, 1, 2, 3, 4) >= 0)
		leave(1);
}

static long waiting_child(void)
{
	long child = fork_bound();

	if (!child)
		pause_ms(60000);
	return child;
}

static void read_memory(struct start *start)
{
	static char word[8];
	long child = waiting_child();
	struct iovec place = { word, sizeof(word) };

	can(call6(__NR_process_vm_readv, child, (long)&place, 1, (long)&place, 1, 0), "process_vm_readv");
	end_child(child);
}

/* A filter that lets everything through. */
static void filter_calls(struct start *start)
{
	static struct sock_filter instructions[] = { { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW } };
	static struct sock_fprog program = { 1, instructions };

	can(call3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program), "seccomp");
}

static const struct act privilege_acts[] = {
	{ "seccomp", filter_calls },
	{ "chroot", change_root },
	{ "map", map_some },
	{ "setuid", become_somebody },
	{ "setuid-same", stay_oneself },
	{ "capset", drop_capabilities },
	{ "unshare", leave_namespaces },
	{ "setns-same", enter_own_namespace },
	{ "prctl", ask_for_signal },
	{ "prctl-nonsense", ask_for_nonsense },
	{ "read-memory", read_memory },
};

PROGRAM(privilege_acts)
