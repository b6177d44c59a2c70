/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that differs by kernel version, and nothing else. An object built from headers knows its kernel when it
 * is compiled; the others ask when they are loaded.
 */
#ifndef TRACEE_COMPAT_H
#define TRACEE_COMPAT_H

/* What a kernel has. Objects that are not built from headers ask when they are loaded. */
#if !defined(TRACEE_TYPES_HEADERS)
#define HAS_RING_BUFFER 1
#define HAS_BPF_LSM 1
#define HAS_TRAMPOLINES 1
#define HAS_SPLIT_READS 1
#define HAS_BOUNDED_LOOPS 1
#define HAS_GLOBAL_DATA 1
#define HAS_VERIFIED_FUNCTIONS 1
#else
/* 457f44363a88 */
#define HAS_RING_BUFFER (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 8, 0))
/* fc611f47f218 */
#define HAS_BPF_LSM (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 7, 0))
/* fentry and fexit: fec56f5890d9, tp_btf: ac4414b5ca47 */
#define HAS_TRAMPOLINES (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 5, 0))
/* bpf_probe_read_kernel() and bpf_probe_read_user(): 6ae08ae3dea2 */
#define HAS_SPLIT_READS (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 5, 0))
/* 2589726d12a1 */
#define HAS_BOUNDED_LOOPS (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 3, 0))
/* d8eca5bbb2be */
#define HAS_GLOBAL_DATA (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0))
/* 51c39bb1d5d1 */
#define HAS_VERIFIED_FUNCTIONS (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0))

/*
 * Below 5.2 a program has 4096 instructions (c04c0d2b968a raised it to a million), and below 5.3 every loop
 * is unrolled into it. Less fits into a record then, and what is cut is marked as everywhere.
 */
#if !HAS_BOUNDED_LOOPS
#undef MAX_PATH_COMPONENTS
#define MAX_PATH_COMPONENTS 16
#undef MAX_STRINGS
#define MAX_STRINGS 8
#define MAX_CAPTURE_PIECES 4
#endif
#endif

#if HAS_BOUNDED_LOOPS
#define LOOP
/* Left a loop by the compiler: what it unrolls it keeps on the stack. */
#define ROLLED _Pragma("clang loop unroll(disable)")
#define SUBPROGRAM static __always_inline
#else
#define LOOP _Pragma("unroll")
#define ROLLED LOOP
/* Unrolled once for all its callers. */
#define SUBPROGRAM static __attribute__((__noinline__))
#endif

/*
 * For a function that the verifier looks at by itself, once, and not again for each call: all that it is
 * given and gives back are numbers. Older kernels follow every call.
 */
#if HAS_VERIFIED_FUNCTIONS
#define VERIFIED_ONCE __attribute__((__noinline__))
#else
#define VERIFIED_ONCE static __attribute__((__noinline__))
#endif

#if HAS_SPLIT_READS
#define read_kernel bpf_probe_read_kernel
#define read_kernel_str bpf_probe_read_kernel_str
#define read_user bpf_probe_read_user
#define read_user_str bpf_probe_read_user_str
#else
#define read_kernel bpf_probe_read
#define read_kernel_str bpf_probe_read_str
#define read_user bpf_probe_read
#define read_user_str bpf_probe_read_str
#endif

#if defined(TRACEE_TYPES_HEADERS)

/*
 * fs/mount.h and fs/mount.h's namespace are private to the kernel and in no header package. Their first
 * members have stood in this order since 3.3; ns moved to the front in 5.11 (1a7b8969e664).
 */
struct mount {
	struct hlist_node mnt_hash;
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct mnt_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	atomic_t count;
#endif
	struct ns_common ns;
};

#else /* BTF, CO-RE */

/* arch/x86/include/asm/page_64_types.h without KASAN; used only where the kernel lacks the helper. */
#define THREAD_SIZE 16384
#define TOP_OF_KERNEL_STACK_PADDING 0

#endif

#if !defined(TRACEE_TYPES_HEADERS)
/* Declared here, since the BTF of an older kernel does not have it; what follows ___ is no part of the name. */
enum bpf_func_id___since_5_15 { BPF_FUNC_task_pt_regs___since_5_15 = 175 };
#endif

/* The user registers of the current task, at the top of its kernel stack. */
static __always_inline struct pt_regs *task_user_regs(struct task_struct *task)
{
#if defined(TRACEE_TYPES_HEADERS)
	void *stack = FIELD(task, stack);
#else
	void *stack;

	/* The helper and bpf_get_current_task_btf() are there since 5.15 (dd6e10fbd9fb). */
	if (bpf_core_enum_value_exists(enum bpf_func_id___since_5_15, BPF_FUNC_task_pt_regs___since_5_15))
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	stack = FIELD(task, stack);
#endif
	/* SIZE_OF, since a type of our own has only the members that are read. */
#if defined(__TARGET_ARCH_x86)
	return stack + THREAD_SIZE - TOP_OF_KERNEL_STACK_PADDING - SIZE_OF(struct pt_regs);
#else
	return stack + THREAD_SIZE - SIZE_OF(struct pt_regs);
#endif
}

/* Nanoseconds since boot at which a task started. start_boottime was real_start_time before 5.5 (cf25e24db61c). */
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 5, 0)
#define TASK_START_TIME real_start_time
#else
#define TASK_START_TIME start_boottime
#endif

static __always_inline __u64 task_start_time(struct task_struct *task)
{
	return FIELD(task, TASK_START_TIME);
}

#if !defined(TRACEE_TYPES_HEADERS)
/* As the kernel is with CONFIG_IPV6; what follows ___ is no part of the name. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct sock_common___with_ipv6 {
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
#pragma clang attribute pop
#endif

/* Reads both ends of an IPv6 socket; leaves them as they are where the kernel has no IPv6. */
static __always_inline void read_ipv6_ends(struct sock *sock, struct in6_addr *local, struct in6_addr *remote)
{
#if defined(TRACEE_TYPES_HEADERS)
#if IS_ENABLED(CONFIG_IPV6)
	READ(*local, sock->__sk_common.skc_v6_rcv_saddr);
	READ(*remote, sock->__sk_common.skc_v6_daddr);
#endif
#else
	/* It stands first in struct sock. */
	struct sock_common___with_ipv6 *common = (void *)sock;

	if (!bpf_core_field_exists(common->skc_v6_daddr))
		return;
	READ(*local, common->skc_v6_rcv_saddr);
	READ(*remote, common->skc_v6_daddr);
#endif
}

/*
 * Whether a check of a capability is one that is told of: the last argument of cap_capable() was a yes or no
 * until 5.1, and has flags since then (c1a85a00ea66).
 */
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 1, 0)
#define IS_AUDITED(options) ((options) == 1)
#else
#define CAPABILITY_NOT_AUDITED 2
#define IS_AUDITED(options) (!((options)&CAPABILITY_NOT_AUDITED))
#endif

/* The pid structure of a thread: task->thread_pid since 4.19 (2c4704756cab). */
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(4, 19, 0)
#define TASK_PID pids[PIDTYPE_PID].pid
#else
#define TASK_PID thread_pid
#endif

static __always_inline struct pid *pid_of_task(struct task_struct *task)
{
	return FIELD(task, TASK_PID);
}

/* The number of a node of a pseudo file system: a union before 5.5, of 64 bits all the same (67c0496e87d1). */
static __always_inline __u64 kernfs_id(struct kernfs_node *node)
{
	__u64 id = 0;

	read_kernel(&id, sizeof(id), ADDRESS_OF(node, id));
	return id;
}

/* The task that memory belongs to; NULL where the kernel does not keep it (without CONFIG_MEMCG). */
static __always_inline struct task_struct *owner_of_memory(struct mm_struct *mm)
{
#if !defined(TRACEE_TYPES_HEADERS)
	return bpf_core_field_exists(mm->owner) ? FIELD(mm, owner) : NULL;
#elif defined(CONFIG_MEMCG)
	return FIELD(mm, owner);
#else
	return NULL;
#endif
}

/* struct siginfo became kernel_siginfo in 4.20 (ae7795bc6187). */
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(4, 20, 0)
#define kernel_siginfo siginfo
#endif

/* struct module, which a kernel without modules does not have; what follows ___ is no part of the name. */
#if !defined(TRACEE_TYPES_HEADERS)
struct module___any {
	char name[56];
	unsigned long taints;
} __attribute__((preserve_access_index));
#define module_facts module___any
#else
#ifndef CONFIG_MODULES
struct module {
	char name[56];
	unsigned long taints;
};
#endif
#define module_facts module
#endif

/* What is read or loaded for the kernel, numbered as since 5.10 (include/linux/kernel_read_file.h). */
#define KIND_MODULE 2
#define KIND_KEXEC_IMAGE 3
#define KIND_KEXEC_INITRAMFS 4

/* Before, firmware had a second number (c307459b9d1f) and the two lists differed (b89999d004931). */
static __always_inline __u32 read_file_kind(__u32 kind)
{
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
	if (kind == READING_MODULE)
		return KIND_MODULE;
	if (kind == READING_KEXEC_IMAGE)
		return KIND_KEXEC_IMAGE;
	return kind == READING_KEXEC_INITRAMFS ? KIND_KEXEC_INITRAMFS : 0;
#else
	return kind;
#endif
}

static __always_inline __u32 load_data_kind(__u32 kind)
{
#if defined(TRACEE_TYPES_HEADERS) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
	if (kind == LOADING_MODULE)
		return KIND_MODULE;
	if (kind == LOADING_KEXEC_IMAGE)
		return KIND_KEXEC_IMAGE;
	return kind == LOADING_KEXEC_INITRAMFS ? KIND_KEXEC_INITRAMFS : 0;
#else
	return kind;
#endif
}

/*
 * io_uring's requests and rings, of which a header tells since 6.0 (e27f928ee1cb). The tracepoint of
 * submissions has them, or before that the operation itself, since 5.6 (354420f705cc).
 */
#if !defined(TRACEE_TYPES_HEADERS)
#define HAS_REQUEST_TYPES 1
#define HAS_OPERATIONS 1
#else
#define HAS_REQUEST_TYPES (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0))
#define HAS_OPERATIONS (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0))
/* Where the tracepoint tells the operation: before the user's data, or behind them since 5.17. */
#define IS_OPERATION_LAST (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0))
#if HAS_REQUEST_TYPES
#include <linux/io_uring_types.h>
#else
struct io_kiocb {
};
struct io_ring_ctx {
};
#endif
#endif

#endif
